//! Help articles.

use time::OffsetDateTime;
use vnet::core::async_trait;
use vnet::core::help::{Article, ArticleDraft, ArticleId, HelpQuery};
use vnet::core::id::Revision;
use vnet::core::store::HelpStore;
use vnet::{Error, Result};

use crate::documents::ArticleDocument;
use crate::{JsonStore, Tables};

impl Tables {
    fn add_article(&mut self, draft: &ArticleDraft, now: OffsetDateTime) -> Result<Article> {
        // A number is never given out twice, also when the article is gone.
        self.last_article += 1;
        let document = ArticleDocument::new(draft, now, Revision(0));
        let article = document.article(self.last_article)?;
        self.articles.insert(self.last_article, document);
        Ok(article)
    }
}

#[async_trait]
impl HelpStore for JsonStore {
    async fn seed_articles(&self, articles: &[ArticleDraft], now: OffsetDateTime) -> Result<bool> {
        self.write(|tables| {
            if std::mem::replace(&mut tables.articles_seeded, true) {
                return Ok(false);
            }
            for draft in articles {
                tables.add_article(draft, now)?;
            }
            Ok(true)
        })
    }

    async fn insert_article(&self, draft: &ArticleDraft, now: OffsetDateTime) -> Result<Article> {
        self.write(|tables| tables.add_article(draft, now))
    }

    async fn get_article(&self, id: ArticleId) -> Result<Option<Article>> {
        self.read(|tables| {
            let found = tables.articles.get(&id.get());
            found.map(|document| document.article(id.get())).transpose()
        })
    }

    async fn update_article(
        &self,
        id: ArticleId,
        draft: &ArticleDraft,
        expected: Revision,
        now: OffsetDateTime,
    ) -> Result<Article> {
        self.write(|tables| {
            let known = tables.articles.get_mut(&id.get());
            let known = known.ok_or_else(|| Error::not_found("article"))?;
            if known.revision != expected {
                return Err(Error::stale("article"));
            }
            *known = ArticleDocument::new(draft, now, expected.next());
            known.article(id.get())
        })
    }

    async fn remove_article(&self, id: ArticleId) -> Result<bool> {
        self.write(|tables| Ok(tables.articles.remove(&id.get()).is_some()))
    }

    async fn search_articles(&self, query: &HelpQuery) -> Result<Vec<Article>> {
        self.read(|tables| {
            let all = tables.articles.iter();
            let all = all.map(|(number, document)| document.article(*number));
            let mut found = all.collect::<Result<Vec<_>>>()?;
            found.retain(|article| query.matches(&article.draft));
            Ok(found)
        })
    }
}
