//! The TypeScript types of what a client takes and gives, beside those of the core.
//!
//! Built with the feature `ts` alone, for the generator.

use pulltoken_core::ts::{types, write_type, write_union};
use ts_rs::Config;

use crate::create::Warning;
use crate::js;
use crate::tokens::{HeldRole, PullTokenInfo, RoleChange};

/// The generated file: path from the root of the repository, and contents.
pub fn file() -> (&'static str, String) {
    let mut out = types();
    let config = Config::default();
    let calls = js::Call::ALL.iter().map(|call| (call.as_str().to_owned(), None));
    write_union(&mut out, "CallName", "The calls of a client, which both bindings make alike.", calls);
    write_type::<js::EndpointsInput>(&mut out, &config);
    write_type::<Warning>(&mut out, &config);
    write_type::<js::WhoAmIInfo>(&mut out, &config);
    write_type::<js::HeldRoleInfo>(&mut out, &config);
    write_type::<js::NewPullTokenInput>(&mut out, &config);
    write_type::<js::CreatedPullToken>(&mut out, &config);
    write_type::<js::ListArguments>(&mut out, &config);
    write_type::<PullTokenInfo>(&mut out, &config);
    write_type::<HeldRole>(&mut out, &config);
    write_type::<js::UpdateArguments>(&mut out, &config);
    write_type::<js::SweepArguments>(&mut out, &config);
    write_type::<js::Progress>(&mut out, &config);
    write_type::<js::SweepReport>(&mut out, &config);
    write_type::<js::RotateArguments>(&mut out, &config);
    write_type::<js::ReplacedPullToken>(&mut out, &config);
    write_type::<js::SetRoleArguments>(&mut out, &config);
    write_type::<RoleChange>(&mut out, &config);
    write_type::<js::ListEntitlementsArguments>(&mut out, &config);
    write_type::<js::CreateEntitlementArguments>(&mut out, &config);
    write_type::<js::ExchangeArguments>(&mut out, &config);
    write_type::<js::RefreshArguments>(&mut out, &config);
    write_type::<js::DeviceArguments>(&mut out, &config);
    write_type::<js::DeviceCodeInfo<'_>>(&mut out, &config);
    write_type::<js::HeadlessArguments>(&mut out, &config);
    write_type::<js::CredentialsArguments>(&mut out, &config);
    write_type::<js::FoundCredentials>(&mut out, &config);
    ("npm/pulltoken/src/generated/types.ts", out)
}
