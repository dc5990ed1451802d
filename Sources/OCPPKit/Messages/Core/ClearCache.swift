extension ActionDefinition {
    /// Empties the charge point's authorization cache (section 5.4; 6.11, 6.12).
    static let clearCache = ActionDefinition(
        "ClearCache", .core, sentBy: .centralSystem,
        request: [],
        response: [.required("status", .one(of: ClearCacheStatus.self))])
}

/// Whether the cache was emptied (section 7.20).
public enum ClearCacheStatus: String, Sendable, CaseIterable {
    case accepted = "Accepted"
    case rejected = "Rejected"
}

/// ClearCache.req (section 6.11).
public typealias ClearCacheRequest = EmptyPayload

/// ClearCache.conf (section 6.12).
public typealias ClearCacheResponse = StatusResponse<ClearCacheStatus>
