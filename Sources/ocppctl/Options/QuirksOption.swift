import ArgumentParser
import OCPPKit

/// Profiles of charge points that need to be read in their own way.
struct QuirksOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How the frames of some charge points are to be read: a file of quirk profiles, as 'ocppctl decode "
                + "--derive-quirks' writes it.",
            valueName: "file"), completion: .file())
    var quirks: String?

    /// - Throws: `CommandFailure`: status 66 where the file cannot be read, 78 where it is wrong.
    func read() throws -> Quirks? {
        guard let quirks else { return nil }
        let bytes = try InputFile(quirks).readAll()
        do throws(QuirkFileError) {
            return try Quirks(parsing: bytes) { name in
                guard let zone = LocalZone(argument: name) else { return nil }
                return { zone.utc(ofLocal: $0) }
            }
        } catch {
            throw CommandFailure(.configuration, "\(quirks): \(error)")
        }
    }
}
