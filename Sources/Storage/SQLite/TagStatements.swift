import OCPPKit

/// The statements that write the authorisation list and the local lists of charge points.
final class TagStatements {
    private let put, remove, list, putInList, removeFromList, clearList: Statement

    init(_ connection: Connection) throws(SQLiteFailure) {
        put = try connection.prepare(
            "INSERT OR REPLACE INTO tags (key, id_tag, status, parent_id_tag, expiry_ms) VALUES (?, ?, ?, ?, ?)")
        remove = try connection.prepare("DELETE FROM tags WHERE key = ?")
        // A difference to a list whose content is not known leads to another one.
        list = try connection.prepare(
            """
            INSERT INTO local_lists (charge_point, version, is_known, time_ms) VALUES (?1, ?2, ?3 = 'full', ?4)
            ON CONFLICT (charge_point) DO UPDATE SET
                version = excluded.version,
                is_known = CASE ?3
                    WHEN 'full' THEN 1
                    WHEN 'unknown' THEN 0
                    WHEN 'confirmed' THEN is_known AND version = excluded.version
                    ELSE is_known
                END,
                time_ms = excluded.time_ms
            """)
        putInList = try connection.prepare(
            """
            INSERT OR REPLACE INTO local_list_tags (key, id_tag, status, parent_id_tag, expiry_ms, charge_point)
            VALUES (?, ?, ?, ?, ?, ?)
            """)
        removeFromList = try connection.prepare("DELETE FROM local_list_tags WHERE key = ? AND charge_point = ?")
        clearList = try connection.prepare("DELETE FROM local_list_tags WHERE charge_point = ?")
    }

    func apply(_ change: TagChange) throws(SQLiteFailure) {
        switch change {
        case .put(let tag):
            bind(tag, to: put)
            try put.run()
        case .remove(let idTag):
            remove.bind(1, Tag.key(idTag))
            try remove.run()
        }
    }

    func apply(_ update: LocalListUpdate) throws(SQLiteFailure) {
        let id = update.chargePointId
        let kind: String
        switch update.content {
        case .full(let tags):
            kind = "full"
            try clear(id)
            for tag in tags { try apply(.put(tag), toListOf: id) }
        case .differential(let changes):
            kind = "differential"
            for change in changes { try apply(change, toListOf: id) }
        case .confirmed: kind = "confirmed"
        case .unknown:
            kind = "unknown"
            try clear(id)
        }
        list.bind(1, id)
        list.bind(2, update.version)
        list.bind(3, kind)
        list.bind(4, update.time.milliseconds)
        try list.run()
    }

    private func apply(_ change: TagChange, toListOf id: String) throws(SQLiteFailure) {
        switch change {
        case .put(let tag):
            bind(tag, to: putInList)
            putInList.bind(6, id)
            try putInList.run()
        case .remove(let idTag):
            removeFromList.bind(1, Tag.key(idTag))
            removeFromList.bind(2, id)
            try removeFromList.run()
        }
    }

    private func clear(_ id: String) throws(SQLiteFailure) {
        clearList.bind(1, id)
        try clearList.run()
    }

    private func bind(_ tag: Tag, to statement: Statement) {
        statement.bind(1, tag.key)
        statement.bind(2, tag.idTag)
        statement.bind(3, tag.status.rawValue)
        statement.bind(4, tag.parentIdTag)
        statement.bind(5, tag.expiryDate?.milliseconds)
    }
}
