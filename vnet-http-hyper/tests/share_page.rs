//! The page of second screens, and what the front end is told about shares.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod support;

use std::sync::Arc;

use scraper::{Html, Selector};
use support::{Answer, Server, start, start_with};
use vnet_core::web::{Asset, FirstLoad, FrontEnd};
use vnet_core::{Result, async_trait};
use vnet_http_hyper::HttpConfig;

/// Nothing but a script.
#[derive(Debug)]
struct Script;

#[async_trait]
impl FrontEnd for Script {
    async fn first_load(&self) -> Result<FirstLoad> {
        Ok(FirstLoad {
            script: "own.js".to_owned(),
            ..FirstLoad::default()
        })
    }

    async fn asset(&self, _name: &str) -> Result<Option<Asset>> {
        Ok(None)
    }
}

async fn site(config: HttpConfig) -> Server {
    start_with(config.with_front_end(Some(Arc::new(Script)))).await
}

/// An attribute of `#root`.
fn attribute(answer: &Answer, name: &str) -> String {
    assert_eq!(answer.status, 200, "{answer:?}");
    let page = Html::parse_document(&String::from_utf8_lossy(&answer.body));
    let root = page.select(&Selector::parse("#root").unwrap()).next();
    root.unwrap().attr(name).unwrap().to_owned()
}

#[tokio::test]
async fn a_second_screen_needs_no_session() {
    let server = site(HttpConfig::default()).await;
    let page = server.get("/meet/watch/").await;
    let watch = format!("ws://{}/vnet/watch/", server.address);
    assert_eq!(attribute(&page, "data-watch-server"), watch);
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.contains(&format!("ws://{}", server.address)),
        "{policy}"
    );
    assert!(!policy.contains("unsafe-inline"), "{policy}");
    assert_eq!(server.get("/meet/watch").await.status, 301);
    for signed_in_only in ["/meet/", "/meet/watch/more/", "/meet/watching/"] {
        assert_eq!(
            server.get(signed_in_only).await.status,
            302,
            "{signed_in_only}"
        );
    }
    let post = server.request("POST", "/meet/watch/", &[], b"").await;
    assert_eq!(post.status, 405);
}

#[tokio::test]
async fn the_front_end_is_told_where_shares_are_prefix_and_proxy_included() {
    let config = HttpConfig::default()
        .with_path_prefix("/vnet-app".parse().unwrap())
        .with_public_url(Some("https://meet.example.org".parse().unwrap()));
    let server = site(config).await;
    let ada = server.browser("ada").await;
    let at = "wss://meet.example.org/vnet-app/vnet/";
    for page in [
        server.get_as(&ada, "/vnet-app/meet/").await,
        server.get("/vnet-app/meet/watch/").await,
        server.get("/meet/watch/").await,
    ] {
        let share = attribute(&page, "data-share-server");
        assert_eq!(share, format!("{at}share/"));
        let watch = attribute(&page, "data-watch-server");
        assert_eq!(watch, format!("{at}watch/"));
    }
}

#[tokio::test]
async fn without_a_front_end_there_is_no_page_for_second_screens() {
    let server = start().await;
    assert_eq!(server.get("/meet/watch/").await.status, 404);
}
