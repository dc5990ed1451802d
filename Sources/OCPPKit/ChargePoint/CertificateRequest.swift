/// What a simulated charge point sends to be signed.
enum CertificateRequest {
    /// PKCS #10 for O = Example Charging, CN = T54-IT1-4219-003. Its private key was thrown away: whoever signs it
    /// learns how to sign, and nobody can use what comes of it.
    static let pem = """
        -----BEGIN CERTIFICATE REQUEST-----
        MIHxMIGYAgEAMDYxGTAXBgNVBAoMEEV4YW1wbGUgQ2hhcmdpbmcxGTAXBgNVBAMM
        EFQ1NC1JVDEtNDIxOS0wMDMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARqG4+6
        MmBiyRQSoBbPe6Biiaul9wcrGM+1/o5At55IGaWJjfKAetu4xNOyfpbbEozWr3mv
        jLAGngQ71thVr9CwoAAwCgYIKoZIzj0EAwIDSAAwRQIgZK1X/sQECLgiRgafvP8I
        Zg3wuE2BN3sdEO+dYCtIsJICIQCdTxxR5GgVW4i6Ex6MYCprqiHbmeEwTGnCO8sQ
        V/E2MA==
        -----END CERTIFICATE REQUEST-----

        """
}
