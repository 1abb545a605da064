//! Pages asked for in process, as a browser would: with cookies, forms and redirects.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of it"
)]
#![allow(
    clippy::unwrap_used,
    reason = "in a test, what is not there is a failure"
)]

use std::collections::BTreeMap;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use scraper::{Html, Selector};
use vnet_core::accounts::{SignUp, SignUpPolicy};
use vnet_core::memory::{MemoryRooms, MemoryStore};
use vnet_core::password::Hasher;
use vnet_core::token::SigningKey;
use vnet_core::user::User;
use vnet_core::{Limits, Vnet, VnetBuilder};
use vnet_http_hyper::{HttpConfig, VnetService};

/// A password that every account of these tests has.
pub const PASSWORD: &str = "korrekt pferd batterie";

/// An installation in memory.
pub struct Site {
    pub vnet: Vnet,
    service: VnetService,
}

fn builder() -> VnetBuilder {
    Vnet::builder(
        MemoryStore::new(),
        MemoryRooms::new(&Limits::default()),
        SigningKey::generate().unwrap(),
    )
    .with_hasher(Hasher::weak_for_tests())
}

impl Site {
    pub fn new() -> Self {
        Self::with(HttpConfig::default())
    }

    pub fn with(config: HttpConfig) -> Self {
        Self::of(builder().build(), config)
    }

    pub fn closed() -> Self {
        let vnet = builder().with_sign_up(SignUpPolicy::Closed).build();
        Self::of(vnet, HttpConfig::default())
    }

    pub fn with_limits(limits: Limits) -> Self {
        Self::of(builder().with_limits(limits).build(), HttpConfig::default())
    }

    fn of(vnet: Vnet, config: HttpConfig) -> Self {
        let service = VnetService::new(vnet.clone(), config).unwrap();
        Self { vnet, service }
    }

    /// An account, made behind the pages' back.
    pub async fn user(&self, name: &str) -> User {
        self.vnet.accounts().sign_up(&sign_up(name)).await.unwrap()
    }

    /// A staff account.
    pub async fn staff(&self, name: &str) -> User {
        let accounts = self.vnet.accounts();
        accounts.create_staff(&sign_up(name)).await.unwrap()
    }

    /// A browser that nobody is signed in with.
    pub fn visitor(&self) -> Browser<'_> {
        Browser {
            site: self,
            cookies: BTreeMap::new(),
        }
    }

    /// A browser that this account is signed in with.
    pub async fn signed_in(&self, name: &str) -> Browser<'_> {
        let mut browser = self.visitor();
        let form = [("username", name), ("password", PASSWORD)];
        let page = browser.post("/account/sign-in/", &form).await;
        assert_eq!(page.status, StatusCode::FOUND, "{}", page.body);
        browser
    }
}

/// What the account `name` is made of.
pub fn sign_up(name: &str) -> SignUp {
    SignUp {
        username: name.into(),
        email: format!("{name}@example.org"),
        first_name: "Augusta".into(),
        last_name: "King".into(),
        password: PASSWORD.into(),
        password_2: PASSWORD.into(),
    }
}

/// A browser with its cookies.
pub struct Browser<'a> {
    site: &'a Site,
    pub cookies: BTreeMap<String, String>,
}

impl Browser<'_> {
    pub async fn get(&mut self, path: &str) -> Page {
        self.send(Method::GET, path, None, Bytes::new()).await
    }

    pub async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Page {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let mime = Some("application/x-www-form-urlencoded");
        self.send(Method::POST, path, mime, body.into()).await
    }

    /// Sends a file in a form.
    pub async fn upload(&mut self, path: &str, field: &str, name: &str, file: &[u8]) -> Page {
        let mut body = format!(
            "--XX\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
             Content-Type: image/png\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--XX--\r\n");
        let mime = Some("multipart/form-data; boundary=XX");
        self.send(Method::POST, path, mime, body.into()).await
    }

    pub async fn send(
        &mut self,
        method: Method,
        path: &str,
        mime: Option<&str>,
        body: Bytes,
    ) -> Page {
        let mut request = Request::builder()
            .method(&method)
            .uri(path)
            .header(HOST, "meet.example.org");
        // What every current browser says of its own forms.
        if method == Method::POST {
            request = request
                .header("sec-fetch-site", "same-origin")
                .header("origin", "http://meet.example.org");
        }
        if let Some(mime) = mime {
            request = request.header(CONTENT_TYPE, mime);
        }
        if !self.cookies.is_empty() {
            let pairs = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"));
            request = request.header(COOKIE, pairs.collect::<Vec<_>>().join("; "));
        }
        let request = request.body(Full::new(body)).unwrap();
        let response = hyper::service::Service::call(&self.site.service, request).await;
        let (parts, body) = response.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        for cookie in parts.headers.get_all(SET_COOKIE) {
            self.keep(cookie.to_str().unwrap());
        }
        Page {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
            bytes: body,
        }
    }

    fn keep(&mut self, cookie: &str) {
        let (name, rest) = cookie.split_once('=').unwrap();
        let value = rest.split(';').next().unwrap();
        if cookie.contains("Max-Age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

/// An answer.
#[derive(Debug)]
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
    pub bytes: Bytes,
}

impl Page {
    pub fn header(&self, name: impl http::header::AsHeaderName) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub fn location(&self) -> &str {
        self.header(LOCATION)
    }

    pub fn html(&self) -> Html {
        Html::parse_document(&self.body)
    }

    pub fn title(&self) -> String {
        self.texts("title").concat()
    }

    /// The texts of all elements that match, blanks joined.
    pub fn texts(&self, selector: &str) -> Vec<String> {
        let selector = Selector::parse(selector).unwrap();
        self.html()
            .select(&selector)
            .map(|found| found.text().collect::<String>())
            .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect()
    }

    /// An attribute of all elements that match.
    pub fn attributes(&self, selector: &str, attribute: &str) -> Vec<String> {
        let selector = Selector::parse(selector).unwrap();
        self.html()
            .select(&selector)
            .filter_map(|found| found.attr(attribute).map(ToOwned::to_owned))
            .collect()
    }

    pub fn count(&self, selector: &str) -> usize {
        self.html()
            .select(&Selector::parse(selector).unwrap())
            .count()
    }

    /// The messages above a field.
    pub fn messages(&self, field: &str) -> Vec<String> {
        self.texts(&format!(".field:has([name=\"{field}\"]) small.dab"))
    }
}
