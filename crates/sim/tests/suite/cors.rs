//! What pages of other origins may do.

use pulltoken_sim::Sim;
use reqwest::Method;

use crate::support::{Answer, http, send};

fn preflight(url: &str) -> Answer {
    send(
        http()
            .request(Method::OPTIONS, format!("{url}/auth/v1/ok"))
            .header("origin", "https://page.example.com")
            .header("access-control-request-method", "GET")
            .header("access-control-request-headers", "authorization"),
    )
}

#[test]
fn pages_may_call_where_a_test_says_so() {
    let sim = Sim::builder().cors(true).start().unwrap();
    let addresses = sim.addresses();
    for part in [&addresses.api, &addresses.issuer, &addresses.registry] {
        let asked = preflight(part);
        assert_eq!((asked.status, asked.header("access-control-allow-origin")), (204, Some("*")), "{part}");
        assert!(asked.header("access-control-allow-headers").unwrap().contains("authorization"));
        assert_eq!(asked.header("access-control-allow-credentials"), None);
        // Refusals can be read too.
        let refused = send(http().get(format!("{part}/auth/v1/ok")));
        assert!(refused.status >= 400 && refused.header("access-control-allow-origin") == Some("*"), "{part}");
        assert!(refused.header("access-control-expose-headers").unwrap().contains("x-request-id"));
    }
    for part in [&addresses.console, &addresses.storage] {
        assert_eq!(preflight(part).header("access-control-allow-origin"), None, "{part}");
    }
    assert_eq!(sim.requests()[0].method, "OPTIONS");
}

#[test]
fn pages_may_not_call_otherwise() {
    let sim = Sim::builder().start().unwrap();
    let asked = preflight(&sim.addresses().api);
    assert!(asked.status >= 400 && asked.header("access-control-allow-origin").is_none());
}
