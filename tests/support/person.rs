//! Somebody with a browser.

use std::sync::Mutex;

use reqwest::header::{AUTHORIZATION, COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;

use super::socket::Socket;
use super::{PATIENCE, origin};

/// Good enough for the rules, and easy to look for in a log.
pub(crate) const PASSWORD: &str = "correct-horse-battery-staple";

/// Somebody with a browser: keeps the session cookie, says where its pages are from. `url` may end in
/// the path that the server is mounted at.
pub(crate) struct Person {
    client: Client,
    url: String,
    pub(crate) name: String,
    cookie: Mutex<Option<String>>,
}

impl Person {
    /// A browser that is not signed in.
    pub(crate) fn new(url: &str, name: &str) -> Self {
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .tls_danger_accept_invalid_certs(true)
            .no_proxy()
            .timeout(PATIENCE)
            .build()
            .expect("a client");
        Self {
            client,
            url: url.to_owned(),
            name: name.to_owned(),
            cookie: Mutex::default(),
        }
    }

    /// Makes an account through the form, which signs in.
    pub(crate) async fn sign_up(url: &str, name: &str) -> Self {
        let person = Self::new(url, name);
        let answer = person.try_sign_up().await;
        assert_eq!(answer.status(), StatusCode::FOUND, "sign-up of {name}");
        let next = answer.headers()[LOCATION].to_str().expect("an address");
        assert!(next.ends_with("/account/"), "{next}");
        assert!(person.cookie().is_some(), "signed in");
        person
    }

    /// Sends the sign-up form.
    pub(crate) async fn try_sign_up(&self) -> Response {
        let email = self.email();
        let form = [
            ("username", self.name.as_str()),
            ("email", &email),
            ("first_name", "Ada"),
            ("last_name", "Byron"),
            ("password", PASSWORD),
            ("password_2", PASSWORD),
        ];
        self.post_form("/account/sign-up/", &form).await
    }

    /// Signs in through the form.
    pub(crate) async fn sign_in(url: &str, name: &str, password: &str) -> Self {
        let person = Self::new(url, name);
        let form = [("username", name), ("password", password)];
        let answer = person.post_form("/account/sign-in/", &form).await;
        assert_eq!(answer.status(), StatusCode::FOUND, "sign-in of {name}");
        person
    }

    /// The same browser, for a server that was started anew elsewhere.
    pub(crate) fn at(&self, url: &str) -> Self {
        let cookie = Mutex::new(self.cookie());
        Self {
            cookie,
            ..Self::new(url, &self.name)
        }
    }

    /// The address in the account.
    pub(crate) fn email(&self) -> String {
        format!("{}@mail.example.org", self.name)
    }

    /// The session cookie, as `name=value`.
    pub(crate) fn cookie(&self) -> Option<String> {
        self.cookie.lock().expect("nobody panics with it").clone()
    }

    /// A request as the browser would send it from a page of the server.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request = self.client.request(method, format!("{}{path}", self.url));
        request = request.header(ORIGIN, origin(&self.url));
        if let Some(cookie) = self.cookie() {
            request = request.header(COOKIE, cookie);
        }
        request
    }

    /// Sends a request and keeps the cookie of the answer.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Response {
        let answer = request.send().await.expect("an answer");
        for line in answer.headers().get_all(SET_COOKIE) {
            let line = line.to_str().expect("a cookie is text");
            let pair = line
                .split(';')
                .next()
                .expect("split gives one part at least");
            if let Some((name, value)) = pair.split_once('=')
                && name.trim().ends_with("sessionid")
            {
                let kept = !value.trim_matches('"').is_empty();
                *self.cookie.lock().expect("nobody panics with it") = kept.then(|| pair.to_owned());
            }
        }
        answer
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.send(self.request(Method::GET, path)).await
    }

    /// The JSON at `path`, which must be there.
    pub(crate) async fn get_json(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.json().await.expect("JSON")
    }

    pub(crate) async fn post_form(&self, path: &str, form: &[(&str, &str)]) -> Response {
        self.send(self.request(Method::POST, path).form(form)).await
    }

    pub(crate) async fn post_json(&self, path: &str, body: &Value) -> Response {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// Schedules a meeting with a bearer token, as the front end does.
    pub(crate) async fn schedule(&self, title: &str) -> Value {
        let details = self.get_json("/account/get/user-details/?acs=1").await;
        let token = details["auth_token"].as_str().expect("a token");
        let meeting = serde_json::json!({
            "title": title,
            "notes": "Agenda",
            "start_time": "2031-12-01T13:00:00+03:00",
            "end_time": "2031-12-01T13:30:00+03:00",
        });
        let request = self.request(Method::POST, "/meeting/new/").json(&meeting);
        let request = request.header(AUTHORIZATION, format!("Token {token}"));
        let answer = self.send(request).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        answer.json().await.expect("the meeting")
    }

    /// Enters a signalling room.
    pub(crate) async fn enter(&self, code: &str, query: &str) -> Socket {
        self.open(&format!("/vnet/ps/{code}/{query}")).await
    }

    /// Opens any socket.
    pub(crate) async fn open(&self, path: &str) -> Socket {
        let cookie = self.cookie().expect("signed in");
        Socket::open(&self.url, path, &cookie)
            .await
            .expect("let in")
    }
}
