//! A front end that lies in a folder.

use std::path::PathBuf;

use vnet_core::web::{Asset, FirstLoad, Folder, FrontEnd};
use vnet_core::{Result, async_trait};

use crate::manifest::{self, Manifest};

/// A front end in a folder that Vite builds into, read anew each time: for developing the one of VNET, and for
/// front ends of one's own.
#[derive(Clone, Debug)]
pub struct FolderFrontEnd(Folder);

impl FolderFrontEnd {
    /// The front end in the folder at `path`, with Vite's `manifest.json` in it. The folder is read when it
    /// is asked for.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(Folder::new(path))
    }

    async fn manifest(&self) -> Result<Manifest> {
        let file = self.0.asset(manifest::NAME).await?;
        Manifest::read(&file.map(|file| file.bytes).unwrap_or_default())
    }
}

#[async_trait]
impl FrontEnd for FolderFrontEnd {
    async fn first_load(&self) -> Result<FirstLoad> {
        Ok(self.manifest().await?.first_load())
    }

    async fn asset(&self, name: &str) -> Result<Option<Asset>> {
        match self.0.asset(name).await? {
            Some(asset) => Ok(Some(self.manifest().await?.mark(name, asset))),
            None => Ok(None),
        }
    }
}
