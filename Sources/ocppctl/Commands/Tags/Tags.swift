import ArgumentParser
import OCPPKit

/// The authorisation list.
struct Tags: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keep the list of idTags that may charge, and push it to charge points",
        discussion: """
            The list is in the store. A running serve that has it takes changes over its control socket, and they \
            count from the next message on; without one they are made in the store. While there are tags on the list, serve lets \
            no others charge, unless it is told otherwise.

            Examples:
              ocppctl tags add BUS-17 --expires 2027-01-01
              ocppctl tags import tags.csv
              ocppctl tags push --all
            """,
        subcommands: [
            TagsList.self, TagsImport.self, TagsAdd.self, TagsBlock.self, TagsExpire.self, TagsRemove.self,
            TagsPush.self,
        ])
}

/// Where the list is, for every subcommand of `tags`.
struct TagOptions: ParsableArguments {
    @OptionGroup var control: ControlOption
    @OptionGroup var store: StoreOption

    func access() throws -> TagAccess {
        try TagAccess(session: ControlSession(path: control.path), store: store)
    }

    /// Puts or removes tags, and tells a record of each.
    func apply(_ idTags: [String], _ change: (String, Tag?) throws -> Tag?) throws {
        let access = try access()
        let list = TagList(try access.tags())
        let output = OutputWriter()
        var changes: [TagChange] = []
        for idTag in idTags {
            let old = list[idTag]
            let new = try change(idTag, old)
            let result: TagRecord.Result
            switch (old, new) {
            case (_, let new?) where new == old: result = .unchanged
            case (let old, let new?):
                result = old == nil ? .created : .updated
                changes.append(.put(new))
            case (let old?, nil):
                result = .removed
                changes.append(.remove(idTag: old.idTag))
            case (nil, nil): throw CommandFailure(.badData, "\(idTag) is not on the list")
            }
            try output.writeLine { TagRecord.write(new ?? old ?? Tag(idTag), result, to: &$0) }
        }
        try access.change(changes)
        try output.flush()
    }

    static func checked(_ idTags: [String]) throws {
        for idTag in idTags {
            do { _ = try Tag.checked(idTag) } catch {
                throw ValidationError(idTag.isEmpty ? error.message : "\(idTag): \(error.message)")
            }
        }
        guard Set(idTags.map(Tag.key)).count == idTags.count else { throw ValidationError("an idTag is given twice") }
    }
}

struct TagsList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Write the list, a record a tag")

    @OptionGroup var options: TagOptions

    func run() throws {
        let output = OutputWriter()
        // A list that somebody names and that is not there is a mistake; the one that there will be is empty.
        for tag in try options.access().tags(mustExist: options.store.chosen != nil) {
            try output.writeLine { TagRecord.write(tag, to: &$0) }
        }
        try output.flush()
    }
}

struct TagsAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Let idTags charge, or change what is known of them")

    @OptionGroup var options: TagOptions

    @Argument(help: ArgumentHelp("The idTags.", valueName: "idTag"), completion: .list([]))
    var idTags: [String]

    @Option(help: "What the tags are.")
    var status = TagStatus(value: .accepted)

    @Option(help: ArgumentHelp("The group that they belong to: its idTag.", valueName: "idTag"), completion: .list([]))
    var parent: String?

    @Option(help: ArgumentHelp("When they expire: RFC 3339, or a date.", valueName: "time"))
    var expires: ExpiryTime?

    func validate() throws { try TagOptions.checked(idTags + (parent.map { [$0] } ?? [])) }

    func run() throws {
        try options.apply(idTags) { idTag, _ in
            Tag(idTag, status.value, parentIdTag: parent, expiryDate: expires?.time)
        }
    }
}

struct TagsBlock: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "block", abstract: "Refuse idTags as Blocked")

    @OptionGroup var options: TagOptions

    @Argument(help: ArgumentHelp("The idTags; new ones are added.", valueName: "idTag"), completion: .list([]))
    var idTags: [String]

    func validate() throws { try TagOptions.checked(idTags) }

    func run() throws {
        try options.apply(idTags) { idTag, old in
            var tag = old ?? Tag(idTag)
            tag.status = .blocked
            return tag
        }
    }
}

struct TagsExpire: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "expire", abstract: "Let idTags expire, now or at a time")

    @OptionGroup var options: TagOptions

    @Argument(help: ArgumentHelp("The idTags.", valueName: "idTag"), completion: .list([]))
    var idTags: [String]

    @Option(help: ArgumentHelp("When: RFC 3339, or a date (default: now).", valueName: "time"))
    var at: ExpiryTime?

    func validate() throws { try TagOptions.checked(idTags) }

    func run() throws {
        let time = at?.time ?? .now
        try options.apply(idTags) { _, old in
            var tag = old
            // Who is expired stays so: the same command again changes nothing.
            if at == nil, let expiry = old?.expiryDate, expiry <= time { return old }
            tag?.expiryDate = time
            return tag
        }
    }
}

struct TagsRemove: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "remove", abstract: "Take idTags off the list")

    @OptionGroup var options: TagOptions

    @Argument(help: ArgumentHelp("The idTags.", valueName: "idTag"), completion: .list([]))
    var idTags: [String]

    func validate() throws { try TagOptions.checked(idTags) }

    func run() throws { try options.apply(idTags) { _, _ in nil } }
}

/// A status by its name, in any case.
struct TagStatus: ExpressibleByArgument {
    let value: AuthorizationStatus

    init(value: AuthorizationStatus) { self.value = value }

    init?(argument: String) {
        guard
            let value = AuthorizationStatus.allCases.first(where: { $0.rawValue.lowercased() == argument.lowercased() })
        else { return nil }
        self.value = value
    }

    var defaultValueDescription: String { value.rawValue }
    static var allValueStrings: [String] { AuthorizationStatus.allCases.map(\.rawValue) }
}

/// A time of the future as people give it: RFC 3339, or a date, at its beginning in UTC.
struct ExpiryTime: ExpressibleByArgument {
    let time: Timestamp

    init?(argument: String) {
        guard let time = Timestamp(rfc3339: argument) ?? Timestamp(rfc3339: argument + "T00:00:00Z") else { return nil }
        self.time = time
    }
}
