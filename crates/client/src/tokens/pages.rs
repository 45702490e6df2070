//! Reading a list of the v2 API to its end, one page ahead where the server lets us.
//!
//! The token of a page comes with the page before it, so that by tokens alone pages are asked for one
//! after another. Lists also take `skip`, though: where the total says that there is a page after the
//! next, it is asked for beside the next one, by the next one's token and a page passed over. It
//! counts only if both answers agree that it follows; else the list is read on by its tokens, which
//! miss nothing when things come and go meanwhile.

use futures_util::future;
use pulltoken_core::api::pages::{At, PAGE_SIZE, Page};
use pulltoken_core::http::{Request, Response};
use pulltoken_core::{Error, ErrorCode, Result};

use crate::client::Client;
use crate::host::Host;

impl<H: Host> Client<H> {
    /// All items of a list, by as many requests as it has pages.
    pub(crate) async fn pages<T: PartialEq>(
        &self,
        request: &(dyn Fn(At<'_>) -> Request + Sync),
        parse: fn(&Response) -> Result<Page<T>>,
    ) -> Result<Vec<T>> {
        let mut page = self.page(request(At::Start), parse).await?;
        let mut read = page.given;
        let mut all = std::mem::take(&mut page.items);
        // A server that gives smaller pages than it was asked for has other ideas of a page to skip.
        let mut look_ahead = page.given == PAGE_SIZE;
        while let Some(token) = page.next.take() {
            let is_there = page.total.is_some_and(|total| total > (read + PAGE_SIZE) as u64);
            let (mut next, after) = if look_ahead && is_there {
                let next = self.page(request(At::Token(&token)), parse);
                let after = self.page(request(At::AfterToken(&token)), parse);
                let (next, after) = future::join(next, after).await;
                // What was only asked for ahead may fail: it is asked for again in its turn.
                (next?, after.ok())
            } else {
                (self.page(request(At::Token(&token)), parse).await?, None)
            };
            if next.next.as_ref() == Some(&token) {
                let message = "the platform gives the same page again and again";
                return Err(Error::new(ErrorCode::UnexpectedResponse, message));
            }
            let mut after = after.filter(|after| follows(&next, after));
            look_ahead &= after.is_some();
            for page in std::iter::once(&mut next).chain(after.as_mut()) {
                read += page.given;
                all.append(&mut page.items);
            }
            page = after.unwrap_or(next);
        }
        Ok(all)
    }

    async fn page<T>(&self, request: Request, parse: fn(&Response) -> Result<Page<T>>) -> Result<Page<T>> {
        parse(&self.send(request).await?)
    }
}

/// Whether the one page surely begins where the other ends: the list had the same length both times,
/// what was passed over is what the other holds, and the server did pass it over.
fn follows<T: PartialEq>(next: &Page<T>, after: &Page<T>) -> bool {
    next.given == PAGE_SIZE
        && next.next.is_some()
        && next.next != after.next
        && next.total.is_some()
        && next.total == after.total
        && next.items.first() != after.items.first()
}
