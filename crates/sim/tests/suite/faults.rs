//! Faults on demand.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use pulltoken_sim::{Action, Fault, Part, Sim};
use serde_json::json;

use crate::support::{Api, http, identity, send};

const PATIENCE: Duration = Duration::from_secs(20);

/// Sends a request by hand and reads to the end of the connection.
fn raw(sim: &Sim, method: &str, path: &str, body: &str) -> Result<String, ErrorKind> {
    let mut stream = TcpStream::connect(sim.addresses().api.trim_start_matches("http://")).unwrap();
    let token = sim.token("owner").unwrap();
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\
         content-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).map(|_| answer).map_err(|error| error.kind())
}

#[test]
fn a_fault_answers_instead_and_wears_off() {
    let sim = Sim::builder().start().unwrap();
    let owner = Api::of(&sim, "owner");
    let action = Action::Status { status: 500, code: 13, message: "out of order".to_owned() };
    let fault = sim.faults().add(Fault::on("GET", "/iam/v1/groups").skip(1).times(2).action(action));
    let statuses: Vec<u16> = (0..4).map(|_| owner.get("/iam/v1/groups").status).collect();
    assert_eq!((statuses, fault.hits()), (vec![200, 500, 500, 200], 2));
    sim.faults().add(Fault::on("*", "/").part(Part::Issuer).action(Action::Html(502)));
    assert_eq!(owner.get("/auth/v1/ok").status, 200);
    let page = send(http().get(format!("{}/orgcheck?name=example", sim.addresses().issuer)));
    assert_eq!((page.status, page.header("content-type")), (502, Some("text/html")));
    sim.faults().clear();
    assert_eq!(send(http().get(format!("{}/orgcheck?name=example", sim.addresses().issuer))).status, 200);
}

#[test]
fn an_overloaded_server_says_when_to_come_back() {
    let sim = Sim::builder().start().unwrap();
    sim.faults().add(Fault::on("GET", "/").action(Action::RetryAfter { status: 429, seconds: 2 }));
    let answer = Api::of(&sim, "owner").get("/auth/v1/ok");
    assert_eq!((answer.problem(), answer.header("retry-after")), ((429, 8), Some("2")));
}

#[test]
fn a_reset_comes_before_or_after_the_work() {
    let sim = Sim::builder().start().unwrap();
    let path = format!("/iam/v1/identities/{}", sim.organization().id);
    let body = identity(&sim, "s", 600).to_string();
    sim.faults().add(Fault::on("POST", &path).times(1).action(Action::Reset));
    assert_eq!(raw(&sim, "POST", &path, &body), Err(ErrorKind::ConnectionReset));
    assert!(sim.identities().is_empty());
    sim.faults().add(Fault::on("POST", &path).times(1).action(Action::ResetAfterHandling));
    assert_eq!(raw(&sim, "POST", &path, &body), Err(ErrorKind::ConnectionReset));
    assert_eq!(sim.identities().len(), 1);
    let log = sim.requests();
    assert_eq!((log[0].status, log[0].authenticated), (None, false));
    assert_eq!((log[1].status, log[1].authenticated), (None, true));
}

#[test]
fn a_test_waits_for_a_request_that_is_never_answered() {
    let sim = Sim::builder().start().unwrap();
    let path = format!("/iam/v1/identities/{}", sim.organization().id);
    let fault = sim.faults().add(Fault::on("POST", &path).action(Action::HandleThenHang));
    assert!(!fault.wait(Duration::from_millis(1)) && !sim.faults().wait_hit(Duration::from_millis(1)));
    let url = format!("{}{path}", sim.addresses().api);
    let request = http().post(url).bearer_auth(sim.token("owner").unwrap()).json(&identity(&sim, "s", 600));
    // The client gives up by itself in the end, so that the thread ends too.
    let client = thread::spawn(move || request.timeout(Duration::from_secs(2)).send().is_err());
    assert!(fault.wait(PATIENCE) && sim.faults().wait_hit(PATIENCE));
    assert_eq!(sim.identities().len(), 1);
    let seen = sim.wait_for_request(|request| request.method == "POST", PATIENCE).unwrap();
    assert_eq!((seen.status, seen.path), (None, path));
    assert!(client.join().unwrap());
}

#[test]
fn a_hang_is_not_handled() {
    let sim = Sim::builder().start().unwrap();
    let path = format!("/iam/v1/identities/{}", sim.organization().id);
    sim.faults().add(Fault::on("POST", &path).action(Action::Hang));
    let url = format!("{}{path}", sim.addresses().api);
    let request = http().post(url).bearer_auth(sim.token("owner").unwrap()).json(&identity(&sim, "s", 600));
    assert!(request.timeout(Duration::from_millis(200)).send().unwrap_err().is_timeout());
    assert!(sim.identities().is_empty());
    assert!(sim.wait_for_request(|request| request.method == "DELETE", Duration::from_millis(1)).is_none());
}

#[test]
fn a_delay_is_a_delay() {
    let sim = Sim::builder().start().unwrap();
    sim.faults().add(Fault::on("GET", "/auth").action(Action::Delay(Duration::from_millis(120))));
    let begin = Instant::now();
    assert_eq!(Api::of(&sim, "owner").get("/auth/v1/ok").status, 200);
    assert!(begin.elapsed() >= Duration::from_millis(120));
}

#[test]
fn a_truncated_body_is_shorter_than_announced() {
    let sim = Sim::builder().start().unwrap();
    let whole = raw(&sim, "GET", "/auth/v1/ok", "").unwrap();
    sim.faults().add(Fault::on("GET", "/auth").action(Action::Truncate));
    let short = raw(&sim, "GET", "/auth/v1/ok", "").unwrap_or_default();
    let body = |answer: &str| answer.split_once("\r\n\r\n").unwrap().1.len();
    assert!(short.to_ascii_lowercase().contains(&format!("content-length: {}\r\n", body(&whole))));
    assert_eq!(body(&short), body(&whole) / 2);
    let url = format!("{}/auth/v1/ok", sim.addresses().api);
    let answer = http().get(url).bearer_auth(sim.token("owner").unwrap()).send().unwrap();
    assert!(answer.text().is_err());
}

#[test]
fn a_slow_body_arrives_whole_in_the_end() {
    let sim = Sim::builder().start().unwrap();
    sim.faults().add(Fault::on("GET", "/auth").action(Action::SlowDrip(Duration::from_millis(5))));
    let begin = Instant::now();
    let answer = Api::of(&sim, "owner").get("/auth/v1/ok");
    assert!(answer.json()["subject"].is_string());
    assert!(begin.elapsed() >= Duration::from_millis(16 * 5));
}

#[test]
fn faults_and_clock_are_set_over_http_too() {
    let sim = Sim::builder().start().unwrap();
    let control = format!("{}/__sim", sim.addresses().registry);
    let owner = Api::of(&sim, "owner");
    let fault = json!({"method": "GET", "path": "/auth", "part": "api", "times": 1,
        "action": {"retryAfter": {"status": 503, "seconds": 1}}});
    assert_eq!(send(http().post(format!("{control}/faults")).json(&fault)).json(), json!({"id": 0}));
    assert_eq!(owner.get("/auth/v1/ok").problem(), (503, 14));
    assert_eq!(send(http().get(format!("{control}/faults"))).json(), json!({"hits": [1]}));
    let unknown = json!({"method": "GET", "path": "/", "action": "explode"});
    assert_eq!(send(http().post(format!("{control}/faults")).json(&unknown)).status, 400);
    let endless = json!({"method": "*", "path": "/", "action": "reset"});
    send(http().post(format!("{control}/faults")).json(&endless));
    assert_eq!(send(http().delete(format!("{control}/faults"))).status, 200);
    assert_eq!(owner.get("/auth/v1/ok").status, 200);
    let moved = send(http().post(format!("{control}/clock")).json(&json!({"advanceSeconds": 86400})));
    assert!(moved.json()["unixSeconds"].as_i64().unwrap() >= sim.clock().unix_seconds() - 5);
    assert_eq!(owner.get("/auth/v1/ok").problem(), (401, 16));
    sim.pull_token("java").unwrap();
    let identities = send(http().get(format!("{control}/identities"))).json();
    assert_eq!(identities[0]["roles"], json!(["libraries.java.pull"]));
    assert_eq!(send(http().get(format!("{control}/nothing"))).status, 404);
}
