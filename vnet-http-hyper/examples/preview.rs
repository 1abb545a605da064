//! Shows every page with made-up data: for those who write templates or change the style.
//!
//! `cargo run -p vnet-http-hyper --example preview`, then sign in as `ada` (staff) or `grace` with
//! the password `korrekt pferd batterie`. Nothing is kept.

use std::error::Error;

use time::Duration;
use tokio::net::TcpListener;
use vnet_core::accounts::SignUp;
use vnet_core::meetings::MeetingDraft;
use vnet_core::memory::{MemoryRooms, MemoryStore};
use vnet_core::token::SigningKey;
use vnet_core::user::User;
use vnet_core::{Limits, Vnet};
use vnet_http_hyper::{HttpConfig, VnetService, serve};

const PASSWORD: &str = "korrekt pferd batterie";

fn person(username: &str, first_name: &str, last_name: &str) -> SignUp {
    SignUp {
        username: username.into(),
        email: format!("{username}@example.org"),
        first_name: first_name.into(),
        last_name: last_name.into(),
        password: PASSWORD.into(),
        password_2: PASSWORD.into(),
    }
}

async fn schedule(vnet: &Vnet, host: &User, title: &str, hours: i64) -> vnet_core::Result<()> {
    let start_time = vnet.clock().now() + Duration::hours(hours);
    let draft = MeetingDraft {
        title: title.into(),
        notes: "1. What was done\n2. What comes next".into(),
        start_time,
        end_time: Some(start_time + Duration::HOUR),
    };
    vnet.meetings().create(host, draft).await.map(drop)
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "a program that says where to look")]
async fn main() -> Result<(), Box<dyn Error>> {
    let rooms = MemoryRooms::new(&Limits::default());
    let vnet = Vnet::builder(MemoryStore::new(), rooms, SigningKey::generate()?).build();
    vnet.seed_help().await?;
    let accounts = vnet.accounts();
    let ada = accounts
        .create_staff(&person("ada", "Ada", "Byron"))
        .await?;
    let grace = accounts
        .sign_up(&person("grace", "Grace", "Hopper"))
        .await?;
    let emmy = accounts
        .sign_up(&person("emmy_noether", "Emmy", "Noether"))
        .await?;
    vnet.staff(&ada)?.set_active(&emmy.id, false).await?;
    schedule(&vnet, &ada, "Weekly planning", 3).await?;
    schedule(&vnet, &ada, "Design review: the new meeting page", 27).await?;
    schedule(&vnet, &grace, "Compilers", 5).await?;

    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:8000".to_owned());
    let listener = TcpListener::bind(address).await?;
    println!("http://{}/", listener.local_addr()?);
    println!("sign in as ada (staff) or grace with the password: {PASSWORD}");
    let service = VnetService::new(vnet, HttpConfig::default())?;
    serve(listener, service).await;
    Ok(())
}
