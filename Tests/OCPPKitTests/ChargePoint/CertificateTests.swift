@testable import OCPPKit
import Testing

@Suite struct CertificateTests {
    static let pem = """
        -----BEGIN CERTIFICATE-----
        MIIBqDCCAU+gAwIBAgIEHy49TDAKBggqhkjOPQQDAjAyMRkwFwYDVQQKDBBFeGFt
        cGxlIENoYXJnaW5nMRUwEwYDVQQDDAxFeGFtcGxlIFJvb3QwHhcNMjYxMTI0MjMx
        MzI5WhcNMzYxMTIxMjMxMzI5WjAyMRkwFwYDVQQKDBBFeGFtcGxlIENoYXJnaW5n
        MRUwEwYDVQQDDAxFeGFtcGxlIFJvb3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
        AAShmc1XTTyAJUlA10ESrmLGK1O6IRfF/E8Ht00y23hU+pWXyjCzftcx6ARtho3N
        rc4UPJfHY4GzuOTtdJJ8k9SKo1MwUTAdBgNVHQ4EFgQUNKfEKVXWkwyQdeqFmVY2
        I9OMyyYwHwYDVR0jBBgwFoAUNKfEKVXWkwyQdeqFmVY2I9OMyyYwDwYDVR0TAQH/
        BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiBErDnCtVSf4Adm83EboGYYYazXKcTy
        vTMP0N49pHcUSwIgDgzZhA6FtLkVpaOKiIKVoiinmN4PBsfhGeFcgQI6/rY=
        -----END CERTIFICATE-----
        """

    /// What `openssl ocsp -sha256 -reqout` says of the same certificate.
    @Test func hashesAreThoseOfOpenSSL() throws {
        let certificate = try #require(Certificate(pem: CertificateTests.pem))
        #expect(
            String(decoding: certificate.hashData.bytes, as: UTF8.self)
                == #"{"hashAlgorithm":"SHA256","issuerNameHash":"565548188b44ff4a4de63f8b771ecff4aae228f2175314e59788047007352e30""#
                + #","issuerKeyHash":"3fa959e17388fc2efb7c727f30823f909062b568d43c85b2594c765e6eff2891""#
                + #","serialNumber":"1f2e3d4c"}"#)
    }

    /// The examples of FIPS 180-4's test vectors, around the block's length.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func digests(text: String, expected: String) {
        #expect(SHA256.hexadecimal(of: text.utf8) == expected)
    }

    @Test func whatIsNoCertificate() {
        let pem = CertificateTests.pem
        #expect(Certificate(pem: "") == nil)
        #expect(Certificate(pem: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----") == nil)
        #expect(Certificate(pem: pem.replacing("MIIBqDCC", with: "MIIBqDCD")) == nil)
        for length in stride(from: 0, to: pem.utf8.count, by: 7) { _ = Certificate(pem: String(pem.prefix(length))) }
        let cut = pem.split(separator: "\n").prefix(4).joined(separator: "\n") + "\n-----END CERTIFICATE-----"
        #expect(Certificate(pem: cut) == nil)
    }
}
