//! Pages of a v2 list: sizes, orders, and tokens that hold for one query only.

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::json;
use time::OffsetDateTime;

use crate::problem::Problem;
use crate::world::Uidp;

const DEFAULT_SIZE: i32 = 50;
const MAX_SIZE: i32 = 200;
const TOKEN_DAYS: i64 = 3;

/// Which items of a list are wanted.
pub(crate) struct Page {
    /// Everything that decides what the whole list is.
    query: String,
    size: usize,
    after: Option<Place>,
    skip: usize,
    skipped_before: usize,
}

/// Where an item stands in a list: by what it is ordered, then by its id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Place {
    pub(crate) key: String,
    pub(crate) id: Uidp,
}

/// A page of items and what is said about it.
pub(crate) struct Paged<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next_page_token: String,
    pub(crate) skipped: usize,
}

/// The direction and field of `order_by`.
pub(crate) struct Order<'a> {
    pub(crate) field: &'a str,
    pub(crate) descending: bool,
}

impl Page {
    pub(crate) fn new(query: String, size: i32, token: &str, skip: i32, now: OffsetDateTime) -> Result<Self, Problem> {
        let size = match size {
            0 => DEFAULT_SIZE,
            1.. => size.min(MAX_SIZE),
            _ => return Err(Problem::invalid("page_size must not be negative")),
        };
        let skip = usize::try_from(skip).map_err(|_| Problem::invalid("skip must not be negative"))?;
        let (after, skipped_before) = if token.is_empty() {
            (None, 0)
        } else {
            let (place, skipped) = read_token(token, &query, now)?;
            (Some(place), skipped)
        };
        let size = usize::try_from(size).unwrap_or(1);
        Ok(Self { query, size, after, skip, skipped_before })
    }

    /// The last item of the page before.
    pub(crate) fn after(&self) -> Option<&Place> {
        self.after.as_ref()
    }

    /// Cuts the page out of the items that come after [`Self::after`], in order.
    pub(crate) fn cut<T>(&self, following: impl Iterator<Item = (Place, T)>, now: OffsetDateTime) -> Paged<T> {
        let mut following = following.skip(self.skip);
        let mut last = None;
        let mut items = Vec::new();
        for (place, item) in following.by_ref().take(self.size) {
            last = Some(place);
            items.push(item);
        }
        let more = following.next().is_some();
        let skipped = self.skipped_before + self.skip;
        let next_page_token = match last {
            Some(last) if more => write_token(&self.query, &last, skipped, now),
            _ => String::new(),
        };
        Paged { items, next_page_token, skipped }
    }

    /// The same for a list that is not kept in this order: sorts it and finds its place first.
    pub(crate) fn sort_and_cut<T>(&self, mut all: Vec<(Place, T)>, descending: bool, now: OffsetDateTime) -> Paged<T> {
        all.sort_by(|(left, _), (right, _)| if descending { right.cmp(left) } else { left.cmp(right) });
        let following = all.into_iter().filter(|(place, _)| {
            self.after.as_ref().is_none_or(|after| if descending { place < after } else { place > after })
        });
        self.cut(following, now)
    }
}

impl<'a> Order<'a> {
    /// Reads `field [asc|desc]`; `uid asc` where nothing is said.
    pub(crate) fn parse(text: &'a str, fields: &[&str]) -> Result<Self, Problem> {
        let mut words = text.split_ascii_whitespace();
        let field = words.next().unwrap_or("uid");
        let descending = match words.next() {
            None | Some("asc") => false,
            Some("desc") => true,
            Some(_) => return Err(Problem::invalid("order_by must be \"field [asc|desc]\"")),
        };
        if words.next().is_some() || !fields.contains(&field) {
            return Err(Problem::invalid(format!("order_by must be one of {} and asc or desc", fields.join(", "))));
        }
        Ok(Self { field, descending })
    }
}

fn write_token(query: &str, last: &Place, skipped: usize, now: OffsetDateTime) -> String {
    let token = json!([hash(query), last.key, last.id, skipped, now.unix_timestamp()]);
    URL_SAFE_NO_PAD.encode(token.to_string())
}

fn read_token(token: &str, query: &str, now: OffsetDateTime) -> Result<(Place, usize), Problem> {
    let invalid = || Problem::invalid("page_token is not valid");
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| invalid())?;
    let (bound_to, key, id, skipped, made): (String, String, String, usize, i64) =
        serde_json::from_slice(&bytes).map_err(|_| invalid())?;
    if bound_to != hash(query) {
        return Err(Problem::invalid("page_token belongs to another query"));
    }
    if now.unix_timestamp() - made > TOKEN_DAYS * 24 * 3600 {
        return Err(Problem::invalid("page_token is expired"));
    }
    Ok((Place { key, id: Uidp::parse(&id).ok_or_else(invalid)? }, skipped))
}

fn hash(query: &str) -> String {
    URL_SAFE_NO_PAD.encode(&digest::digest(&digest::SHA256, query.as_bytes()).as_ref()[..9])
}
