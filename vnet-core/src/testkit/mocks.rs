//! Mocks of every trait, made by `mockall`: say what is expected, and what to answer.
//!
//! ```
//! use vnet_core::store::HelpStore;
//! use vnet_core::testkit::mocks::MockHelpStore;
//! use vnet_core::{Error, ErrorKind};
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let mut help = MockHelpStore::new();
//! help.expect_search_articles()
//!     .times(1)
//!     .returning(|_query| Err(Error::new(ErrorKind::Unavailable, "down", "the disk is away")));
//! assert!(help.search_articles(&Default::default()).await.is_err());
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```

pub use crate::conference::MockConferenceProvider;
pub use crate::identity::MockIdentityProvider;
pub use crate::room::MockRoomBroker;
pub use crate::share::MockShareBroker;
pub use crate::store::{
    MockHelpStore, MockIdentityStore, MockMeetingStore, MockSessionStore, MockUserStore,
};
pub use crate::web::MockFrontEnd;
