//! Help articles.

use async_trait::async_trait;
use time::OffsetDateTime;

use super::{MemoryStore, State, stored};
use crate::error::{Error, ErrorKind, Result};
use crate::help::{Article, ArticleDraft, ArticleId, HelpQuery};
use crate::id::Revision;
use crate::store::HelpStore;

impl State {
    fn add_article(&mut self, draft: &ArticleDraft, now: OffsetDateTime) -> Result<Article> {
        let full = || Error::new(ErrorKind::Unavailable, "full", "no number is left");
        let id = ArticleId::new(self.last_article + 1).ok_or_else(full)?;
        self.last_article = id.get();
        let article = Article {
            id,
            draft: draft.clone(),
            updated_at: stored(now),
            revision: Revision(0),
        };
        self.articles.insert(id, article.clone());
        Ok(article)
    }
}

#[async_trait]
impl HelpStore for MemoryStore {
    async fn seed_articles(&self, articles: &[ArticleDraft], now: OffsetDateTime) -> Result<bool> {
        let mut state = self.lock();
        if state.seeded {
            return Ok(false);
        }
        for draft in articles {
            state.add_article(draft, now)?;
        }
        state.seeded = true;
        Ok(true)
    }

    async fn insert_article(&self, draft: &ArticleDraft, now: OffsetDateTime) -> Result<Article> {
        self.lock().add_article(draft, now)
    }

    async fn get_article(&self, id: ArticleId) -> Result<Option<Article>> {
        Ok(self.lock().articles.get(&id).cloned())
    }

    async fn update_article(
        &self,
        id: ArticleId,
        draft: &ArticleDraft,
        expected: Revision,
        now: OffsetDateTime,
    ) -> Result<Article> {
        let mut state = self.lock();
        let article = state.articles.get_mut(&id);
        let article = article.ok_or_else(|| Error::not_found("article"))?;
        if article.revision != expected {
            return Err(Error::stale("article"));
        }
        article.draft = draft.clone();
        article.updated_at = stored(now);
        article.revision = expected.next();
        Ok(article.clone())
    }

    async fn remove_article(&self, id: ArticleId) -> Result<bool> {
        Ok(self.lock().articles.remove(&id).is_some())
    }

    async fn search_articles(&self, query: &HelpQuery) -> Result<Vec<Article>> {
        let state = self.lock();
        let found = state
            .articles
            .values()
            .filter(|article| query.matches(&article.draft));
        Ok(found.cloned().collect())
    }
}
