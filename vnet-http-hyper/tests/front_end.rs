//! The pages under `/meet/` with a front end, its files, and the module for meetings on Azure.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod support;

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use scraper::{Html, Selector};
use support::{Answer, Browser, Server, start, start_with};
use vnet_core::web::{Asset, Coding, FirstLoad, FrontEnd};
use vnet_core::{Result, async_trait};
use vnet_http_hyper::{HttpConfig, PathPrefix};
use vnet_web::FolderFrontEnd;

const SCRIPT: &str = "main-AAAAAAAA.js";
const YEAR: &str = "public, max-age=31536000, immutable";
const MANIFEST: &str = r#"{
    "app/main.tsx": {"file": "main-AAAAAAAA.js", "isEntry": true, "imports": ["_base"], "css": ["main-BBBBBBBB.css"]},
    "_base": {"file": "base-CCCCCCCC.js"}
}"#;

/// A front end of an embedder's own: nothing but a script, and what a browser must not keep.
#[derive(Debug)]
struct Own {
    needs_wasm: bool,
}

#[async_trait]
impl FrontEnd for Own {
    async fn first_load(&self) -> Result<FirstLoad> {
        Ok(FirstLoad {
            script: "own.js".to_owned(),
            needs_wasm: self.needs_wasm,
            ..FirstLoad::default()
        })
    }

    async fn asset(&self, name: &str) -> Result<Option<Asset>> {
        let asset = |etag: &'static str| Asset {
            bytes: "plain".into(),
            mime: "text/javascript".into(),
            etag: etag.into(),
            encodings: vec![(Coding::Brotli, "packed".into())],
            is_immutable: false,
        };
        Ok(match name {
            "own.js" => Some(asset("v1")),
            "odd.js" => Some(asset("no \"tag\"\n")),
            _ => None,
        })
    }
}

/// A built front end in a folder.
fn built(home: &Path) -> HttpConfig {
    let dist = home.join("dist");
    fs::create_dir_all(&dist).unwrap();
    fs::write(dist.join("manifest.json"), MANIFEST).unwrap();
    for (name, text) in [
        (SCRIPT, "import './base-CCCCCCCC.js'"),
        ("base-CCCCCCCC.js", "1"),
        ("main-BBBBBBBB.css", "p {}"),
        ("logo.svg", "<svg/>"),
        ("blur.wasm", "\0asm"),
        ("icons.woff2", "f"),
        ("app.webmanifest", "{}"),
    ] {
        fs::write(dist.join(name), text).unwrap();
    }
    HttpConfig::default().with_front_end(Some(Arc::new(FolderFrontEnd::new(dist))))
}

/// A server with a front end in a folder, and somebody who is signed in.
async fn site(
    adapt: impl FnOnce(HttpConfig) -> HttpConfig,
) -> (tempfile::TempDir, Server, Browser) {
    let home = tempfile::tempdir().unwrap();
    let server = start_with(adapt(built(home.path()))).await;
    let ada = server.browser("ada").await;
    (home, server, ada)
}

fn page(answer: &Answer) -> Html {
    Html::parse_document(std::str::from_utf8(&answer.body).unwrap())
}

/// The values of `attribute` of all elements that `selector` finds.
fn values(page: &Html, selector: &str, attribute: &str) -> Vec<String> {
    let selector = Selector::parse(selector).unwrap();
    let found = page.select(&selector);
    found
        .filter_map(|element| element.attr(attribute).map(str::to_owned))
        .collect()
}

fn policy<'a>(answer: &'a Answer, directive: &str) -> Vec<&'a str> {
    let policy = answer.header("content-security-policy").unwrap();
    let mut directives = policy.split("; ").map(|one| one.split(' '));
    directives
        .find_map(|mut words| (words.next() == Some(directive)).then(|| words.collect()))
        .unwrap_or_default()
}

#[tokio::test]
async fn every_address_under_meet_gives_the_shell_to_who_is_signed_in() {
    let (_home, server, ada) = site(|config| config).await;
    for path in [
        "/meet/",
        "/meet/conf/abcdefghjk/",
        "/meet/new-meeting/",
        "/meet/edit/abcdefghjk/",
        "/meet/whatever/there/is/",
    ] {
        let answer = server.get_as(&ada, path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        let page = page(&answer);
        let script = format!("/static/meeting/{SCRIPT}");
        assert_eq!(values(&page, "script[type=module]", "src"), [script]);
        assert_eq!(
            values(&page, "link[rel=stylesheet]", "href"),
            ["/static/meeting/main-BBBBBBBB.css"]
        );
        assert_eq!(
            values(&page, "link[rel=modulepreload]", "href"),
            ["/static/meeting/base-CCCCCCCC.js"]
        );
        let visitor = server.get(path).await;
        assert_eq!(visitor.status, 302, "{path}");
        let location = format!("/account/sign-in/?next={path}");
        assert_eq!(visitor.header("location"), Some(&*location));
    }
    let slash = server.get_as(&ada, "/meet/conf/abc").await;
    assert_eq!(slash.status, 301);
    for other in ["/xmeet/", "/foo/meet/x/"] {
        assert_eq!(server.get_as(&ada, other).await.status, 404, "{other}");
    }
    let post = server
        .send_json(&ada, "POST", "/meet/", &serde_json::json!({}))
        .await;
    assert_eq!(post.status, 405);
}

#[tokio::test]
async fn the_shell_tells_the_front_end_where_everything_is() {
    let prefix: PathPrefix = "/apps/vnet".parse().unwrap();
    let (_home, server, ada) = site(|config| config.with_path_prefix(prefix)).await;
    let answer = server.get_as(&ada, "/apps/vnet/meet/").await;
    let page = page(&answer);
    let signalling = format!("ws://{}/apps/vnet/vnet/ps/", server.address);
    for (name, value) in [
        ("class", "main"),
        ("data-signalling-server", &*signalling),
        (
            "data-user-details-url",
            "/apps/vnet/account/get/user-details/?acs=1",
        ),
        ("data-get-meetings-url", "/apps/vnet/meeting/meetings/"),
        ("data-create-meeting-url", "/apps/vnet/meeting/new/"),
        ("data-profile-page", "/apps/vnet/account/"),
        ("data-vnet-logo", "/apps/vnet/static/logo.svg"),
        ("data-vnet-background", "/apps/vnet/static/background.svg"),
        (
            "data-vnet-background-large",
            "/apps/vnet/static/background.svg",
        ),
        ("data-base", "/apps/vnet/meet/"),
        ("data-token-url", "/apps/vnet/account/acs-token/"),
        ("data-sign-in-page", "/apps/vnet/account/sign-in/"),
        ("data-sign-out-page", "/apps/vnet/account/sign-out/"),
        ("data-help-page", "/apps/vnet/help/"),
        ("data-home-page", "/apps/vnet/"),
    ] {
        assert_eq!(values(&page, "#root", name), [value], "{name}");
    }
    assert!(values(&page, "#root", "data-acs-module").is_empty());
    assert_eq!(
        values(&page, "script", "src"),
        [format!("/apps/vnet/static/meeting/{SCRIPT}")]
    );
    let script = server
        .get("/apps/vnet/static/meeting/main-AAAAAAAA.js")
        .await;
    assert_eq!(script.status, 200);
}

#[tokio::test]
async fn the_policy_of_the_shell_allows_what_meetings_need_and_no_more() {
    let (_home, server, ada) = site(|config| config).await;
    let answer = server.get_as(&ada, "/meet/").await;
    let whole = answer.header("content-security-policy").unwrap();
    assert!(!whole.contains("unsafe"), "{whole}");
    assert_eq!(policy(&answer, "default-src"), ["'none'"]);
    assert_eq!(policy(&answer, "script-src"), ["'self'"]);
    assert_eq!(policy(&answer, "media-src"), ["'self'", "blob:"]);
    assert_eq!(policy(&answer, "worker-src"), ["'self'", "blob:"]);
    let socket = format!("ws://{}", server.address);
    assert_eq!(policy(&answer, "connect-src"), ["'self'", &*socket]);
    assert_eq!(policy(&answer, "frame-ancestors"), ["'none'"]);

    let nonce = values(&page(&answer), "meta[property=csp-nonce]", "nonce").remove(0);
    assert!(nonce.len() >= 22, "{nonce}");
    assert_eq!(
        policy(&answer, "style-src"),
        ["'self'", &*format!("'nonce-{nonce}'")]
    );
    let again = server.get_as(&ada, "/meet/").await;
    let other = values(&page(&again), "meta[property=csp-nonce]", "nonce").remove(0);
    assert_ne!(nonce, other, "a nonce is for one answer");

    let permissions = answer.header("permissions-policy").unwrap();
    for feature in [
        "camera",
        "microphone",
        "display-capture",
        "fullscreen",
        "picture-in-picture",
        "screen-wake-lock",
        "speaker-selection",
    ] {
        assert!(
            permissions.contains(&format!("{feature}=(self)")),
            "{feature}"
        );
    }
}

#[tokio::test]
async fn files_with_a_digest_in_their_name_are_kept_for_good() {
    let (home, server, _ada) = site(|config| config).await;
    let path = format!("/static/meeting/{SCRIPT}");
    let answer = server.get(&path).await;
    assert_eq!(
        (answer.status, answer.header("cache-control")),
        (200, Some(YEAR))
    );
    assert_eq!(answer.body, b"import './base-CCCCCCCC.js'");
    let tag = answer.header("etag").unwrap();
    let known = server
        .request("GET", &path, &[("If-None-Match", tag)], b"")
        .await;
    assert_eq!((known.status, known.body.len()), (304, 0));
    assert_eq!(known.header("cache-control"), Some(YEAR));
    let head = server.request("HEAD", &path, &[], b"").await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), Some("27"));
    assert_eq!(server.request("POST", &path, &[], b"").await.status, 405);

    for (name, mime) in [
        (SCRIPT, "text/javascript; charset=utf-8"),
        ("main-BBBBBBBB.css", "text/css; charset=utf-8"),
        ("logo.svg", "image/svg+xml"),
        ("blur.wasm", "application/wasm"),
        ("icons.woff2", "font/woff2"),
        ("app.webmanifest", "application/manifest+json"),
        ("manifest.json", "application/json"),
    ] {
        let answer = server.get(&format!("/static/meeting/{name}")).await;
        assert_eq!(answer.header("content-type"), Some(mime), "{name}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        let caching = match name.contains('-') {
            true => YEAR,
            false => "public, no-cache",
        };
        assert_eq!(answer.header("cache-control"), Some(caching), "{name}");
    }

    fs::write(home.path().join("secret.js"), "secret").unwrap();
    for name in [
        "missing.js",
        "../secret.js",
        "%2e%2e/secret.js",
        "..%2fsecret.js",
        "//main-AAAAAAAA.js",
    ] {
        let answer = server.get(&format!("/static/meeting/{name}")).await;
        assert_eq!(answer.status, 404, "{name}");
    }
}

#[tokio::test]
async fn packed_forms_go_to_who_takes_them() {
    let (home, server, _ada) = site(|config| config).await;
    let packed = |ending: &str| home.path().join("dist").join(format!("{SCRIPT}.{ending}"));
    fs::write(packed("br"), "brotli").unwrap();
    fs::write(packed("gz"), "gzip").unwrap();
    let path = format!("/static/meeting/{SCRIPT}");
    let mut tags = Vec::new();
    for (accepted, encoding, body) in [
        ("gzip, deflate, br", Some("br"), "brotli"),
        ("gzip", Some("gzip"), "gzip"),
        ("br;q=0, identity", None, "import './base-CCCCCCCC.js'"),
    ] {
        let headers = [("Accept-Encoding", accepted)];
        let answer = server.request("GET", &path, &headers, b"").await;
        assert_eq!(answer.header("content-encoding"), encoding, "{accepted}");
        assert_eq!(answer.header("vary"), Some("Accept-Encoding"), "{accepted}");
        assert_eq!(answer.body, body.as_bytes(), "{accepted}");
        tags.push(answer.header("etag").unwrap().to_owned());
    }
    tags.dedup();
    assert_eq!(tags.len(), 3, "{tags:?}");
}

#[tokio::test]
async fn an_embedder_replaces_the_front_end_whole() {
    for needs_wasm in [false, true] {
        let own = Own { needs_wasm };
        let config = HttpConfig::default().with_front_end(Some(Arc::new(own)));
        let server = start_with(config).await;
        let ada = server.browser("ada").await;
        let answer = server.get_as(&ada, "/meet/x/").await;
        let page = page(&answer);
        assert_eq!(values(&page, "script", "src"), ["/static/meeting/own.js"]);
        assert!(values(&page, "link[rel=stylesheet]", "href").is_empty());
        let wasm = policy(&answer, "script-src").contains(&"'wasm-unsafe-eval'");
        assert_eq!(wasm, needs_wasm);
        let headers = [("Accept-Encoding", "br")];
        let file = server
            .request("GET", "/static/meeting/own.js", &headers, b"")
            .await;
        assert_eq!((file.status, &file.body[..]), (200, &b"packed"[..]));
        assert_eq!(file.header("etag"), Some("\"v1-br\""));
        assert_eq!(file.header("cache-control"), Some("public, no-cache"));
        let odd = server.get("/static/meeting/odd.js").await;
        assert_eq!((odd.status, odd.header("etag")), (200, None));
        assert_eq!(
            server
                .get(&format!("/static/meeting/{SCRIPT}"))
                .await
                .status,
            404
        );
    }
}

#[tokio::test]
async fn without_a_front_end_there_is_one_plain_page() {
    let server = start().await;
    let ada = server.browser("ada").await;
    let answer = server.get_as(&ada, "/meet/").await;
    let text = String::from_utf8(answer.body).unwrap();
    assert!(text.contains("Your Scheduled Meetings"), "{text}");
    assert_eq!(
        server.get("/static/meeting/manifest.json").await.status,
        404
    );
    assert_eq!(server.get("/static/acs/manifest.json").await.status, 404);
}

#[tokio::test]
async fn a_front_end_that_was_not_built_is_no_page() {
    let home = tempfile::tempdir().unwrap();
    let nothing = FolderFrontEnd::new(home.path());
    let config = HttpConfig::default().with_front_end(Some(Arc::new(nothing)));
    let server = start_with(config).await;
    let ada = server.browser("ada").await;
    assert_eq!(server.get_as(&ada, "/meet/").await.status, 503);
    assert_eq!(server.get_as(&ada, "/").await.status, 200);
}

#[tokio::test]
async fn plain_pages_lead_to_the_front_end_if_there_is_one() {
    let (_home, with, ada) = site(|config| config).await;
    let without = start().await;
    let eve = without.browser("eve").await;
    for (server, browser, meetings, new) in [
        (&with, &ada, "/meet/", "/meet/new-meeting/"),
        (
            &without,
            &eve,
            "/account/meetings/",
            "/account/meetings/new/",
        ),
    ] {
        let page = page(&server.get_as(browser, "/").await);
        assert_eq!(values(&page, "nav a", "href")[0], meetings);
        assert!(values(&page, "main a", "href").contains(&new.to_owned()));
        assert_eq!(
            values(&page, "link[rel=stylesheet]", "href").len(),
            2,
            "tokens, and what is made of them"
        );
    }
}

#[tokio::test]
async fn the_azure_module_is_served_when_it_is_there() {
    let module = tempfile::tempdir().unwrap();
    let folder = module.path().join("acs-web");
    let (_home, server, ada) = site(|config| config.with_acs_module(Some(folder.clone()))).await;
    let answer = server.get_as(&ada, "/meet/").await;
    assert!(values(&page(&answer), "#root", "data-acs-module").is_empty());
    assert_eq!(policy(&answer, "connect-src").len(), 2);
    assert_eq!(server.get("/static/acs/manifest.json").await.status, 404);

    let name = "calling-0123456789abcdef.js";
    fs::create_dir(&folder).unwrap();
    let manifest = format!(r#"{{"module": "{name}", "sdk": "2.0.0"}}"#);
    fs::write(folder.join("manifest.json"), manifest).unwrap();
    let answer = server.get_as(&ada, "/meet/").await;
    let told = values(&page(&answer), "#root", "data-acs-module");
    assert!(told.is_empty(), "a manifest without its module");

    fs::write(folder.join(name), "export {}").unwrap();
    fs::write(folder.join(format!("{name}.gz")), packed(b"export {}")).unwrap();
    let answer = server.get_as(&ada, "/meet/").await;
    let told = values(&page(&answer), "#root", "data-acs-module");
    assert_eq!(told, [format!("/static/acs/{name}")]);
    let connect = policy(&answer, "connect-src");
    for host in [
        "https://*.skype.com",
        "wss://*.trouter.io",
        "https://*.azure.com",
    ] {
        assert!(connect.contains(&host), "{connect:?}");
    }
    assert!(
        !connect.contains(&"*") && !connect.contains(&"https:"),
        "{connect:?}"
    );

    let headers = [("Accept-Encoding", "gzip")];
    let file = server.request("GET", &told[0], &headers, b"").await;
    assert_eq!(
        (file.status, file.header("cache-control")),
        (200, Some(YEAR))
    );
    assert_eq!(file.header("content-encoding"), Some("gzip"));
    let mut text = String::new();
    flate2::read::GzDecoder::new(&file.body[..])
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!(text, "export {}");
    let manifest = server.get("/static/acs/manifest.json").await;
    assert_eq!(manifest.header("cache-control"), Some("public, no-cache"));
    assert_eq!(
        server.get("/static/acs/../dist/manifest.json").await.status,
        404
    );
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, bytes).unwrap();
    packed.finish().unwrap()
}
