//! The filter by position in the hierarchy that all lists take.

use serde::Deserialize;

use crate::problem::Problem;
use crate::world::Uidp;

/// The filter as it is sent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct UidpFilterMessage {
    ancestors_of: String,
    descendants_of: String,
    children_of: String,
    in_root: bool,
    ids: Vec<String>,
}

/// The filter once it was read: every condition set must hold.
#[derive(Debug)]
pub(crate) struct UidpFilter {
    ancestors_of: Option<Uidp>,
    descendants_of: Option<Uidp>,
    children_of: Option<Uidp>,
    in_root: bool,
    ids: Vec<Uidp>,
}

impl UidpFilterMessage {
    pub(crate) fn parse(&self) -> Result<UidpFilter, Problem> {
        Ok(UidpFilter {
            ancestors_of: optional(&self.ancestors_of)?,
            descendants_of: optional(&self.descendants_of)?,
            children_of: optional(&self.children_of)?,
            in_root: self.in_root,
            ids: self.ids.iter().map(|id| required(id)).collect::<Result<_, _>>()?,
        })
    }
}

impl UidpFilter {
    pub(crate) fn admits(&self, id: &Uidp) -> bool {
        self.ancestors_of.as_ref().is_none_or(|below| below.is_below(id))
            && self.descendants_of.as_ref().is_none_or(|above| id.is_below(above))
            && self.children_of.as_ref().is_none_or(|above| id.parent().as_ref() == Some(above))
            && (!self.in_root || id.is_root())
            && (self.ids.is_empty() || self.ids.contains(id))
    }
}

/// An identifier that may be left empty.
pub(crate) fn optional(text: &str) -> Result<Option<Uidp>, Problem> {
    if text.is_empty() { Ok(None) } else { required(text).map(Some) }
}

/// An identifier that must be there.
pub(crate) fn required(text: &str) -> Result<Uidp, Problem> {
    Uidp::parse(text).ok_or_else(|| Problem::invalid(format!("{text:?} is not a valid UIDP")))
}
