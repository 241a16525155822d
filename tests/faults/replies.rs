//! Replies that jump, replies far away, and certificates that see them.
