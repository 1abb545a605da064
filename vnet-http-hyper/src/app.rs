//! What all requests share.

use std::sync::Arc;

use vnet_core::{Result, Vnet};

use crate::config::HttpConfig;
use crate::page::Pages;
use crate::rate::RateLimiter;

/// What all requests of one installation share.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) vnet: Vnet,
    pub(crate) config: HttpConfig,
    pub(crate) limits: RateLimiter,
    pub(crate) pages: Pages,
}

impl App {
    /// # Errors
    /// `InvalidInput`: a template that is none.
    pub(crate) fn new(vnet: Vnet, config: HttpConfig) -> Result<Arc<Self>> {
        Ok(Arc::new(Self {
            limits: RateLimiter::new(&config.rate_limits),
            pages: Pages::new(&config)?,
            vnet,
            config,
        }))
    }
}
