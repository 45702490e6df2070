//! What can be said of a credential by looking at it, at a given time.
