//! The messages of the platform API: field names, types and enum numbers.

use crate::gateway::schema::{Enum, Field, Kind, Message};

// Shared

pub(crate) static EMPTY: Message = Message { fields: &[] };

static UIDP_FILTER: Message = Message {
    fields: &[
        Field::text("ancestors_of"),
        Field::text("descendants_of"),
        Field::text("children_of"),
        Field::new("in_root", Kind::Bool),
        Field::text("ids").repeated(),
    ],
};

static CLAIM_MATCH: Message = Message {
    fields: &[
        Field::text("issuer").one_of("iss"),
        Field::text("issuer_pattern").one_of("iss"),
        Field::text("subject").one_of("sub"),
        Field::text("subject_pattern").one_of("sub"),
        Field::text("audience").one_of("aud"),
        Field::text("audience_pattern").one_of("aud"),
        Field::new("claims", Kind::TextMap),
        Field::new("claim_patterns", Kind::TextMap),
    ],
};

static AWS_IDENTITY: Message = Message {
    fields: &[
        Field::text("aws_account"),
        Field::text("arn").one_of("aws_arn"),
        Field::text("arn_pattern").one_of("aws_arn"),
        Field::text("user_id").one_of("aws_user_id"),
        Field::text("user_id_pattern").one_of("aws_user_id"),
    ],
};

// auth/v1

static CAPABILITY: Message =
    Message { fields: &[Field::new("group", Kind::Message(&GROUP)), Field::new("role", Kind::Message(&ROLE))] };

pub(crate) static WHO_AM_I: Message = Message {
    fields: &[
        Field::text("issuer"),
        Field::text("subject"),
        Field::text("audience").repeated(),
        Field::new("expiry", Kind::Timestamp),
        Field::new("issued_at", Kind::Timestamp),
        Field::new("capabilities", Kind::Message(&CAPABILITY)).repeated(),
        Field::text("email"),
    ],
};

// iam/v1

pub(crate) static GROUP: Message = Message {
    fields: &[Field::text("id"), Field::text("name"), Field::text("description"), Field::new("verified", Kind::Bool)],
};

pub(crate) static GROUP_FILTER: Message =
    Message { fields: &[Field::text("id"), Field::new("uidp", Kind::Message(&UIDP_FILTER)), Field::text("name")] };

pub(crate) static GROUP_LIST: Message = Message { fields: &[Field::new("items", Kind::Message(&GROUP)).repeated()] };

pub(crate) static ROLE: Message = Message {
    fields: &[
        Field::text("id"),
        Field::text("name"),
        Field::text("description"),
        Field::text("capabilities").repeated(),
    ],
};

pub(crate) static ROLE_FILTER: Message = Message {
    fields: &[
        Field::text("id"),
        Field::text("name"),
        Field::text("parent"),
        Field::new("uidp", Kind::Message(&UIDP_FILTER)),
    ],
};

pub(crate) static ROLE_LIST: Message = Message { fields: &[Field::new("items", Kind::Message(&ROLE)).repeated()] };

static SERVICE_PRINCIPAL: Enum =
    Enum { values: &[("UNKNOWN", 0), ("COSIGNED", 1), ("INGESTER", 2), ("CATALOG_SYNCER", 3), ("APKO_BUILDER", 4)] };

static STATIC_KEYS: Message = Message {
    fields: &[
        Field::text("issuer"),
        Field::text("subject"),
        Field::text("issuer_keys"),
        Field::new("expiration", Kind::Timestamp),
        Field::text("audiences").repeated(),
    ],
};

pub(crate) static IDENTITY: Message = Message {
    fields: &[
        Field::text("id"),
        Field::text("name"),
        Field::text("description"),
        Field::new("created_at", Kind::Timestamp),
        Field::new("updated_at", Kind::Timestamp),
        Field::new("last_seen", Kind::Timestamp),
        Field::new("claim_match", Kind::Message(&CLAIM_MATCH)).one_of("relationship"),
        Field::new("static", Kind::Message(&STATIC_KEYS)).one_of("relationship"),
        Field::new("service_principal", Kind::Enum(&SERVICE_PRINCIPAL)).one_of("relationship"),
        Field::new("aws_identity", Kind::Message(&AWS_IDENTITY)).one_of("relationship"),
    ],
};

pub(crate) static IDENTITY_FILTER: Message =
    Message { fields: &[Field::new("uidp", Kind::Message(&UIDP_FILTER)), Field::text("id")] };

pub(crate) static IDENTITY_LIST: Message =
    Message { fields: &[Field::new("items", Kind::Message(&IDENTITY)).repeated()] };

pub(crate) static LOOKUP: Message = Message { fields: &[Field::text("issuer"), Field::text("subject")] };

pub(crate) static ROLE_BINDING: Message =
    Message { fields: &[Field::text("id"), Field::text("identity"), Field::text("group"), Field::text("role")] };

static LISTED_BINDING: Message = Message {
    fields: &[
        Field::text("id"),
        Field::new("group", Kind::Message(&GROUP)),
        Field::text("identity"),
        Field::new("role", Kind::Message(&ROLE)),
        Field::text("email"),
    ],
};

pub(crate) static ROLE_BINDING_FILTER: Message =
    Message { fields: &[Field::text("id"), Field::new("uidp", Kind::Message(&UIDP_FILTER))] };

pub(crate) static ROLE_BINDING_LIST: Message =
    Message { fields: &[Field::new("items", Kind::Message(&LISTED_BINDING)).repeated()] };

// iam/v2

static STATIC_KEYS_V2: Message = Message {
    fields: &[
        Field::text("issuer"),
        Field::text("subject"),
        Field::text("issuer_keys"),
        Field::new("expiration_time", Kind::Timestamp),
        Field::text("audiences").repeated(),
    ],
};

static SERVICE_PRINCIPAL_V2: Enum = Enum {
    values: &[
        ("SERVICE_PRINCIPAL_UNSPECIFIED", 0),
        ("SERVICE_PRINCIPAL_COSIGNED", 1),
        ("SERVICE_PRINCIPAL_INGESTER", 2),
        ("SERVICE_PRINCIPAL_CATALOG_SYNCER", 3),
        ("SERVICE_PRINCIPAL_APKO_BUILDER", 4),
    ],
};

static RELATIONSHIP_TYPE: Enum = Enum {
    values: &[
        ("RELATIONSHIP_TYPE_UNSPECIFIED", 0),
        ("RELATIONSHIP_TYPE_CLAIM_MATCH", 1),
        ("RELATIONSHIP_TYPE_STATIC", 2),
        ("RELATIONSHIP_TYPE_AWS_IDENTITY", 3),
        ("RELATIONSHIP_TYPE_SERVICE_PRINCIPAL", 4),
    ],
};

pub(crate) static IDENTITY_V2: Message = Message {
    fields: &[
        Field::text("uid"),
        Field::text("name"),
        Field::text("description"),
        Field::text("email"),
        Field::text("email_unverified"),
        Field::text("company"),
        Field::new("last_seen_time", Kind::Timestamp),
        Field::new("create_time", Kind::Timestamp),
        Field::new("update_time", Kind::Timestamp),
        Field::new("claim_match", Kind::Message(&CLAIM_MATCH)).one_of("relationship"),
        Field::new("static_keys", Kind::Message(&STATIC_KEYS_V2)).one_of("relationship"),
        Field::new("aws_identity", Kind::Message(&AWS_IDENTITY)).one_of("relationship"),
        Field::new("service_principal", Kind::Enum(&SERVICE_PRINCIPAL_V2)).one_of("relationship"),
    ],
};

pub(crate) static LIST_IDENTITIES: Message = Message {
    fields: &[
        Field::new("uidp", Kind::Message(&UIDP_FILTER)),
        Field::text("name"),
        Field::new("relationship_type", Kind::Enum(&RELATIONSHIP_TYPE)),
        Field::new("page_size", Kind::Int32),
        Field::text("page_token"),
        Field::text("order_by"),
        Field::new("skip", Kind::Int32),
    ],
};

pub(crate) static IDENTITIES_PAGE: Message = Message {
    fields: &[
        Field::new("identities", Kind::Message(&IDENTITY_V2)).repeated(),
        Field::text("next_page_token"),
        Field::new("total_count", Kind::Int64).optional(),
        Field::new("skipped", Kind::Int32),
    ],
};

pub(crate) static UPDATE_MASK: Message = Message { fields: &[Field::new("update_mask", Kind::FieldMask)] };

pub(crate) static UID: Message = Message { fields: &[Field::text("uid")] };

static BOUND_IDENTITY: Message = Message {
    fields: &[
        Field::text("uid"),
        Field::text("name"),
        Field::text("description"),
        Field::text("subject"),
        Field::text("issuer"),
        Field::text("email"),
    ],
};

static BOUND: Message = Message { fields: &[Field::text("uid"), Field::text("name"), Field::text("description")] };

pub(crate) static ROLE_BINDING_V2: Message = Message {
    fields: &[
        Field::text("uid"),
        Field::new("identity", Kind::Message(&BOUND_IDENTITY)),
        Field::new("group", Kind::Message(&BOUND)),
        Field::new("role", Kind::Message(&BOUND)),
        Field::new("create_time", Kind::Timestamp),
        Field::text("identity_uid"),
        Field::text("role_uid"),
    ],
};

pub(crate) static LIST_ROLE_BINDINGS: Message = Message {
    fields: &[
        Field::new("uidp", Kind::Message(&UIDP_FILTER)),
        Field::text("identity"),
        Field::text("group"),
        Field::text("role"),
        Field::new("page_size", Kind::Int32),
        Field::text("page_token"),
        Field::text("order_by"),
        Field::new("skip", Kind::Int32),
    ],
};

pub(crate) static ROLE_BINDINGS_PAGE: Message = Message {
    fields: &[
        Field::new("role_bindings", Kind::Message(&ROLE_BINDING_V2)).repeated(),
        Field::text("next_page_token"),
        Field::new("total_count", Kind::Int64).optional(),
        Field::new("skipped", Kind::Int32),
    ],
};

// libraries/v1

pub(crate) static ECOSYSTEM: Enum = Enum {
    values: &[
        ("UNKNOWN", 0),
        ("JAVA", 1),
        ("PYTHON", 2),
        ("JAVASCRIPT", 3),
        ("JAVA_ATHENA", 4),
        ("PYTHON_ATHENA", 5),
        ("JAVASCRIPT_ATHENA", 6),
        ("DOTNET", 7),
        ("DOTNET_ATHENA", 8),
        ("GO", 9),
        ("GO_ATHENA", 10),
    ],
};

static POLICY: Enum =
    Enum { values: &[("POLICY_UNKNOWN", 0), ("POLICY_CHAINGUARD", 1), ("POLICY_CHAINGUARD_AND_UPSTREAM", 2)] };

static SOURCE: Enum = Enum { values: &[("SOURCE_UNKNOWN", 0), ("SOURCE_TRIAL", 1), ("SOURCE_SFDC", 2)] };

pub(crate) static ENTITLEMENT: Message = Message {
    fields: &[
        Field::text("id"),
        Field::new("ecosystem", Kind::Enum(&ECOSYSTEM)),
        Field::new("policy", Kind::Enum(&POLICY)),
        Field::new("source", Kind::Enum(&SOURCE)),
        Field::new("cooldown_days", Kind::Int32),
    ],
};

pub(crate) static ENTITLEMENT_FILTER: Message =
    Message { fields: &[Field::text("parent_id"), Field::new("ecosystems", Kind::Enum(&ECOSYSTEM)).repeated()] };

pub(crate) static ENTITLEMENT_LIST: Message =
    Message { fields: &[Field::new("items", Kind::Message(&ENTITLEMENT)).repeated()] };

pub(crate) static CREATE_ENTITLEMENT: Message = Message {
    fields: &[
        Field::text("parent_id"),
        Field::new("ecosystem", Kind::Enum(&ECOSYSTEM)),
        Field::new("policy", Kind::Enum(&POLICY)),
        Field::new("source", Kind::Enum(&SOURCE)),
        Field::new("cooldown_days", Kind::Int32),
    ],
};
