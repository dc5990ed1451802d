import ArgumentParser
import OCPPKit

struct TagsImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Add tags from files, or change those that are there",
        discussion: """
            A file is CSV with a header of idTag and, where you like, status, parentIdTag and expiryDate, a date or RFC \
            3339 (other columns are passed over); or lines of JSON with these members; or an idTag a line. What a tag does not say is forgotten of it; tags that are not \
            in the files stay as they are. One record a tag goes to standard output; a bad line is said with its place, \
            and the others are done (1). Run twice: everything unchanged.
            """)

    @OptionGroup var options: TagOptions

    @Argument(help: ArgumentHelp("The files; - is standard input.", valueName: "file"), completion: .file())
    var files: [String] = []

    func run() throws {
        if files.isEmpty, InputFile.isStandardInputTerminal {
            throw ValidationError("tags import reads files, or standard input where that is no terminal")
        }
        var tags: [Tag] = []
        var badLines = 0
        for name in files.isEmpty ? ["-"] : files {
            tags += try TagListFile.read(name) { bad in
                Diagnostics.say(bad)
                badLines += 1
            }
        }
        try put(tags)
        if badLines > 0 { throw CommandFailure(.someFailed) }
    }

    private func put(_ tags: [Tag]) throws {
        let access = try options.access()
        var list = TagList(try access.tags())
        let output = OutputWriter()
        var changes: [TagChange] = []
        for tag in tags {
            let old = list[tag.idTag]
            let isKnown = old.map { $0.hasSameMeaning(as: tag) } ?? false
            if !isKnown { changes.append(.put(tag)) }
            list.put(tag)
            let result: TagRecord.Result = old == nil ? .created : isKnown ? .unchanged : .updated
            try output.writeLine { TagRecord.write(tag, result, to: &$0) }
        }
        try access.change(changes)
        try output.flush()
    }
}

extension Tag {
    /// The case of idTags means nothing.
    fileprivate func hasSameMeaning(as other: Tag) -> Bool {
        key == other.key && status == other.status && expiryDate == other.expiryDate
            && parentIdTag.map(Tag.key) == other.parentIdTag.map(Tag.key)
    }
}
