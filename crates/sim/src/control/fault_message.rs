//! A fault as it is posted to `/__sim/faults`.

use std::time::Duration;

use serde::Deserialize;

use crate::faults::{Action, Fault};
use crate::log::Part;

/// `{"method":"POST","path":"/iam/v1/","part":"api","skip":0,"times":1,"action":"reset"}`, or
/// with an action that has values: `"action":{"delay":{"milliseconds":50}}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FaultMessage {
    method: String,
    path: String,
    part: Option<String>,
    #[serde(default)]
    skip: u32,
    times: Option<u32>,
    action: ActionMessage,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum ActionMessage {
    Status { status: u16, code: u8, message: String },
    Html { status: u16 },
    Reset,
    ResetAfterHandling,
    HandleThenHang,
    Hang,
    Delay { milliseconds: u64 },
    Truncate,
    SlowDrip { milliseconds: u64 },
    RetryAfter { status: u16, seconds: u64 },
}

impl FaultMessage {
    pub(super) fn into_fault(self) -> Result<Fault, String> {
        let action = match self.action {
            ActionMessage::Status { status, code, message } => Action::Status { status, code, message },
            ActionMessage::Html { status } => Action::Html(status),
            ActionMessage::Reset => Action::Reset,
            ActionMessage::ResetAfterHandling => Action::ResetAfterHandling,
            ActionMessage::HandleThenHang => Action::HandleThenHang,
            ActionMessage::Hang => Action::Hang,
            ActionMessage::Delay { milliseconds } => Action::Delay(Duration::from_millis(milliseconds)),
            ActionMessage::Truncate => Action::Truncate,
            ActionMessage::SlowDrip { milliseconds } => Action::SlowDrip(Duration::from_millis(milliseconds)),
            ActionMessage::RetryAfter { status, seconds } => Action::RetryAfter { status, seconds },
        };
        let mut fault = Fault::on(&self.method, &self.path).skip(self.skip).action(action);
        if let Some(times) = self.times {
            fault = fault.times(times);
        }
        if let Some(name) = self.part {
            let part = Part::ALL.into_iter().find(|part| part.name() == name);
            fault = fault.part(part.ok_or_else(|| format!("there is no part {name}"))?);
        }
        Ok(fault)
    }
}
