import CLibwebsockets
import Glibc

/// Raises this process's soft limit on open files to its hard limit. Call before an `EventLoop` is made, whose number
/// of connections it bounds.
///
/// - Returns: the limit that is now in force.
@discardableResult
public func raiseFileDescriptorLimit() -> Int {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
    if limit.rlim_cur < limit.rlim_max {
        var raised = limit
        raised.rlim_cur = raised.rlim_max
        if unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
    }
    return Int(clamping: limit.rlim_cur)
}
