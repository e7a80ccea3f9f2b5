internal import COpenSSL

/// Keeps the memory of this process, and with it every secret, out of core files and away from
/// other processes of the same user.
package func keepMemoryPrivate() { shim_keep_memory_private() }
