public import OCPPKit

/// A value of a device, as DOJOT stored it.
public struct StoredValue: Sendable {
    /// The attribute's name in DOJOT.
    public let attribute: String
    public let time: Timestamp
    /// Numbers keep their text.
    public let value: JSONValue
}

/// DOJOT's history service: what devices published, for seven days by the messages' own times.
public struct DeviceHistory: Sendable {
    private let session: DojotSession
    /// Values of an attribute in one answer.
    private let pageSize: Int

    public static let keptMilliseconds: Int64 = 7 * 86_400_000

    public init(session: DojotSession, pageSize: Int = 500) {
        self.session = session
        self.pageSize = pageSize
    }

    /// All stored values of a device, oldest first; none where DOJOT has no data of it yet.
    ///
    /// - Parameters:
    ///   - attributes: names in DOJOT; empty asks for all of the device's templates.
    ///   - since: from this time on; `nil` for all that is kept.
    ///   - until: before this time.
    public func values(
        of device: String, attributes: [String] = [], since: Timestamp? = nil, until: Timestamp? = nil
    ) async throws(DojotFailure) -> [StoredValue] {
        var values: [StoredValue] = []
        if attributes.isEmpty {
            let first = try await page(of: device, attribute: nil, since: since, until: until, size: pageSize)
            for (attribute, rows) in Dictionary(grouping: first, by: \.attribute) {
                values += rows
                if rows.count >= pageSize {
                    values += try await rest(of: device, attribute: attribute, after: rows, until: until)
                }
            }
        } else {
            for attribute in attributes {
                let rows = try await page(of: device, attribute: attribute, since: since, until: until, size: pageSize)
                values += rows
                if rows.count >= pageSize {
                    values += try await rest(of: device, attribute: attribute, after: rows, until: until)
                }
            }
        }
        // DOJOT's times are those of messages: values of one message stand together, in a fixed order.
        return values.filter { value in until.map { value.time < $0 } ?? true }
            .sorted { ($0.time, $0.attribute) < ($1.time, $1.attribute) }
    }

    /// The newest value of an attribute; `nil` where there is none yet.
    public func newest(of device: String, attribute: String) async throws(DojotFailure) -> StoredValue? {
        let path = "/history/device/\(percentEncoded(device))/history?attr=\(percentEncoded(attribute))&lastN=1"
        return try await rows(path).last
    }

    /// Goes on by time: there are no page numbers. Values of the last time seen come again, and are left out.
    private func rest(
        of device: String, attribute: String, after first: [StoredValue], until: Timestamp?
    ) async throws(DojotFailure) -> [StoredValue] {
        var found: [StoredValue] = []
        var last = first
        var size = pageSize
        while last.count >= size, let time = last.last?.time {
            let known = last.reversed().prefix { $0.time == time }.count
            if known == last.count {
                // A whole page of one moment: only a longer one leads on.
                size *= 2
            }
            let page = try await page(of: device, attribute: attribute, since: time, until: until, size: size)
            found += page.dropFirst(known)
            last = page
        }
        return found
    }

    private func page(
        of device: String, attribute: String?, since: Timestamp?, until: Timestamp?, size: Int
    ) async throws(DojotFailure) -> [StoredValue] {
        var query = "firstN=\(size)"
        if let attribute { query = "attr=\(percentEncoded(attribute))&" + query }
        if let since { query += "&dateFrom=\(since)" }
        if let until { query += "&dateTo=\(until)" }
        return try await rows("/history/device/\(percentEncoded(device))/history?\(query)")
    }

    private func rows(_ path: String) async throws(DojotFailure) -> [StoredValue] {
        let answer: JSONNode
        do {
            answer = try await session.send("GET", path).root
        } catch {
            // Not an error: the device or the attribute has no data yet.
            if case .refused(status: 404, _, _) = error { return [] }
            throw error
        }
        let lists = answer.isArray ? [answer] : answer.members.map(\.value)
        var values: [StoredValue] = []
        for row in lists.flatMap({ Array($0.elements) }) {
            guard let attribute = row["attr"]?.text, let value = row["value"],
                let time = row["ts"]?.dateTime?.time
            else { throw .unexpectedAnswer("GET \(path) gave a value without attr, ts or value") }
            values.append(StoredValue(attribute: attribute, time: time, value: JSONValue(value)))
        }
        return values
    }
}
