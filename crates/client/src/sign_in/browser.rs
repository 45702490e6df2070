//! Signing in by a browser on this machine.

use pulltoken_core::api::oauth::{self, Asked, Door, Nonce, Redirect, Return};
use pulltoken_core::text::printable_prefix;
use pulltoken_core::{BaseUrl, Error, ErrorCode, Result, Secret, Uidp};

use super::{PATIENCE, patiently};
use crate::host::{BoxFuture, Host, Shared};
use crate::stored::StoredSession;

/// A browser that can be sent somewhere and comes back to us.
pub trait Visitor: Shared {
    /// Where it comes back to: `http://localhost:PORT/callback`.
    fn redirect_base(&self) -> String;

    /// Opens the browser at this page, which only the browser may learn: it holds the nonce.
    ///
    /// # Errors
    /// Where no browser can be told.
    fn open(&mut self, page: Secret) -> BoxFuture<'_, Result<()>>;

    /// The query that somebody came back with.
    ///
    /// # Errors
    /// Where nobody can come back any more.
    fn next(&mut self) -> BoxFuture<'_, Result<Secret>>;

    /// Answers the one who came back last.
    fn answer(&mut self, page: Page) -> BoxFuture<'_, ()>;

    /// Whether the person says that this is who they are. Asked only where the issuer dropped the
    /// nonce; `false` where nobody can be asked.
    fn confirm(&mut self, identity: &str) -> BoxFuture<'_, bool>;
}

/// What a browser that came back gets to see.
#[derive(Clone, Debug)]
pub enum Page {
    /// It is done.
    Success,
    /// It is over, for this reason.
    Failure(String),
    /// This visit counts for nothing; somebody else is waited for.
    Stranger,
    /// One thing more: the next page, which only this browser may learn.
    Onward(Secret),
}

/// Signs in for each audience in turn, in one window: an audience's session has a refresh token of
/// its own.
///
/// # Errors
/// `sign_in_refused`, after five minutes as well; those of the visitor.
pub async fn by_browser<H: Host>(
    host: &H,
    visitor: &mut dyn Visitor,
    issuer: &BaseUrl,
    door: &Door,
    identity: Option<&Uidp>,
    audiences: &[String],
) -> Result<Vec<StoredSession>> {
    let flow = async {
        let mut sessions: Vec<StoredSession> = Vec::new();
        for audience in audiences {
            let mut nonce = [0; 16];
            host.fill(&mut nonce)?;
            let redirect = Redirect::new(&visitor.redirect_base(), Nonce::new(&nonce));
            let page = oauth::url(issuer, &Asked { redirect: &redirect, audience, identity, door });
            if sessions.is_empty() {
                visitor.open(page).await?;
            } else {
                visitor.answer(Page::Onward(page)).await;
            }
            let came_back = come_back(visitor, &redirect, audience).await;
            match came_back {
                Ok(session) => sessions.push(session),
                Err(error) => {
                    visitor.answer(Page::Failure(error.message().to_owned())).await;
                    return Err(error);
                }
            }
        }
        visitor.answer(Page::Success).await;
        Ok(sessions)
    };
    patiently(host, PATIENCE, flow).await
}

/// Waits for the one who knows the nonce.
async fn come_back(visitor: &mut dyn Visitor, redirect: &Redirect, audience: &str) -> Result<StoredSession> {
    loop {
        let query = visitor.next().await?;
        // Read only, for the token in it.
        match redirect.read(query.expose())? {
            Return::Stranger => visitor.answer(Page::Stranger).await,
            Return::Token { token, refresh_token, proven } => {
                let (session, identity) = match checked(audience, token, refresh_token) {
                    Ok(checked) => checked,
                    Err(error) if proven => return Err(error),
                    Err(_) => {
                        visitor.answer(Page::Stranger).await;
                        continue;
                    }
                };
                if proven || visitor.confirm(&identity).await {
                    return Ok(session);
                }
                let message = "the browser came back without the nonce it was given, and nobody confirmed who it is";
                let hint = "sign in on a terminal, or with `pulltoken login --headless`";
                return Err(Error::new(ErrorCode::SignInRefused, message).with_hint(hint));
            }
        }
    }
}

/// The session, if the token is for what was asked, and who it is for.
fn checked(audience: &str, token: Secret, refresh_token: Option<Secret>) -> Result<(StoredSession, String)> {
    let jwt = oauth::checked(&token, audience)?;
    let identity = printable_prefix(jwt.claims.subject.as_deref().unwrap_or("unknown"), 120);
    Ok((StoredSession::new(audience, token, refresh_token)?, identity))
}
