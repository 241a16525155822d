//! Best choices far away, on several stages, on scales of all sizes.
