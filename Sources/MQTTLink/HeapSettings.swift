import CMosquitto

/// How the process uses the C library's heap.
public enum HeapSettings {
    /// One heap for all threads; call it before the first thread starts.
    ///
    /// The heaps of further threads grow by one page at a time, each with a system call and a fault that the
    /// commit of an alarm would pay for; one heap grows in steps of 128 kB, and needs less memory.
    public static func settle() { mallopt(M_ARENA_MAX, 1) }
}
