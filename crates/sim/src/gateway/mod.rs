//! The rules of the platform's gateway: how paths, queries and JSON bodies become messages, and
//! messages JSON. They are those of grpc-gateway v2 and of proto3 JSON.

pub(crate) mod json;
pub(crate) mod query;
pub(crate) mod route;
pub(crate) mod schema;
mod strict;
pub(crate) mod timestamp;
