//! The files of the front end, and of its module for meetings on Azure.

use serde::Deserialize;
use vnet_core::Result;
use vnet_core::web::Folder;

use crate::asset;
use crate::config::HttpConfig;
use crate::context::Ctx;
use crate::error::HttpError;
use crate::reply::Response;

/// A file of the front end.
///
/// # Errors
/// 404: there is none. 503: it cannot be read.
pub(crate) async fn asset(ctx: &Ctx, name: &str) -> Result<Response, HttpError> {
    let front_end = ctx.app.config.front_end.as_ref();
    let front_end = front_end.ok_or_else(HttpError::not_found)?;
    let file = front_end.asset(name).await?;
    let file = file.ok_or_else(HttpError::not_found)?;
    let caching = match file.is_immutable {
        true => asset::FOR_EVER,
        false => asset::ASK_EACH_TIME,
    };
    Ok(asset::answer(ctx, file, caching))
}

/// A file of the module for meetings on Azure.
///
/// # Errors
/// As [`asset`].
pub(crate) async fn acs_asset(ctx: &Ctx, name: &str) -> Result<Response, HttpError> {
    let module = AcsModule::of(&ctx.app.config).ok_or_else(HttpError::not_found)?;
    let file = module.0.asset(name).await?;
    let file = file.ok_or_else(HttpError::not_found)?;
    // The module has its digest in its name.
    let caching = match module.entry().await? {
        Some(entry) if entry == name => asset::FOR_EVER,
        _ => asset::ASK_EACH_TIME,
    };
    Ok(asset::answer(ctx, file, caching))
}

/// The module for meetings on Azure, which is not part of the program: Microsoft's licence lets
/// everybody fetch it, and nobody pass it on.
#[derive(Debug)]
pub(crate) struct AcsModule(Folder);

/// What `scripts/build-acs-web` says about the module.
#[derive(Deserialize)]
struct Manifest {
    module: String,
}

const MANIFEST: &str = "manifest.json";

impl AcsModule {
    /// The module that the settings name, if meetings are on Azure.
    pub(crate) fn of(config: &HttpConfig) -> Option<Self> {
        config
            .acs_module
            .as_ref()
            .map(|path| Self(Folder::new(path)))
    }

    /// The name of the file to load; `None` if the module was not built.
    ///
    /// # Errors
    /// `Unavailable`: it cannot be read.
    pub(crate) async fn entry(&self) -> Result<Option<String>> {
        let Some(file) = self.0.asset(MANIFEST).await? else {
            return Ok(None);
        };
        let Ok(manifest) = serde_json::from_slice::<Manifest>(&file.bytes) else {
            tracing::warn!(folder = %self.0.path().display(), "the manifest of the Azure calling module is none");
            return Ok(None);
        };
        let is_there = self.0.has(&manifest.module).await;
        Ok(is_there.then_some(manifest.module))
    }

    /// Tells the operator what to do if the module is missing.
    pub(crate) fn warn_if_missing(&self) {
        let folder = self.0.path();
        if !folder.join(MANIFEST).is_file() {
            tracing::warn!(
                folder = %folder.display(),
                "meetings are on Azure, but the calling module is missing, so that nobody can join one in the browser: \
                 run scripts/build-acs-web, and name its output folder (--acs-web)"
            );
        }
    }
}
