//! The part of the contract of [`ShareBroker`] that time decides.

use std::sync::Arc;

use super::share_broker::seat::{Seat, by_code, open, person};
use crate::share::{ShareBroker, ShareErrorCode, ShareEvent};

/// A code that was not renewed in time is good no more; the sharer gets another one by itself.
pub async fn an_expired_code_is_replaced(broker: Arc<dyn ShareBroker>) {
    let mut ada = Seat::enter(&*broker, person("ada")).await;
    let (_, old) = open(&mut ada).await;
    let event = ada.next().await;
    let ShareEvent::Code { code, expires_in } = event else {
        panic!("another code: {event:?}");
    };
    assert!(code != old && expires_in > 0);
    let mut bob = Seat::enter(&*broker, person("bob")).await;
    assert_eq!(
        bob.asks(by_code(old)).await,
        Err(ShareErrorCode::UnknownCode)
    );
}

/// The part of the contract of [`ShareBroker`](crate::share::ShareBroker) that time decides, as tests.
///
/// `$new` names an `async fn` without arguments that returns a broker without devices, whose codes live for
/// a second ([`Limits::share_code_life`](crate::Limits::share_code_life)).
#[macro_export]
macro_rules! share_codes_contract {
    ($new:ident) => {
        $crate::__contract!(
            share_codes,
            dyn $crate::share::ShareBroker,
            $new,
            [an_expired_code_is_replaced]
        );
    };
}
