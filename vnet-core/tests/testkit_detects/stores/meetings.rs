//! Meetings, and the articles of the help.

use time::OffsetDateTime;
use vnet_core::Result;
use vnet_core::async_trait;
use vnet_core::help::{Article, ArticleDraft, ArticleId, HelpQuery};
use vnet_core::id::{Cursor, Page, Revision};
use vnet_core::meeting::{Meeting, MeetingId, MeetingOrder, MeetingQuery};
use vnet_core::store::{HelpStore, MeetingStore};

use super::{Broken, Defect};

#[async_trait]
impl MeetingStore for Broken {
    async fn insert_meeting(&self, meeting: &Meeting) -> Result<Meeting> {
        self.store.insert_meeting(meeting).await
    }

    async fn get_meeting(&self, id: &MeetingId) -> Result<Option<Meeting>> {
        self.store.get_meeting(id).await
    }

    async fn update_meeting(&self, meeting: &Meeting) -> Result<Meeting> {
        let mut sent = meeting.clone();
        if self.has(Defect::IgnoresRevisions) {
            let known = self.store.get_meeting(&sent.id).await?;
            sent.revision = known.map_or(Revision(0), |known| known.revision);
        }
        let updated = self.store.update_meeting(&sent).await?;
        if self.has(Defect::ReturnsWhatWasSent) {
            return Ok(Meeting {
                revision: updated.revision,
                ..sent
            });
        }
        Ok(updated)
    }

    async fn remove_meeting(&self, id: &MeetingId) -> Result<bool> {
        self.store.remove_meeting(id).await
    }

    async fn list_meetings(&self, query: &MeetingQuery) -> Result<Page<Meeting>> {
        let mut query = query.clone();
        match self.defect {
            Defect::ListsEveryHost => query.host_id = None,
            Defect::ListsWhatIsOver => query.not_over_at = None,
            Defect::ListsWhatIsNotOver => query.over_at = None,
            Defect::IgnoresDirection => {
                query.order = match query.order {
                    MeetingOrder::NewestFirst => MeetingOrder::OldestFirst,
                    MeetingOrder::LatestFirst => MeetingOrder::SoonestFirst,
                    upwards => upwards,
                };
            }
            Defect::IgnoresStarts => {
                query.order = match query.order {
                    MeetingOrder::SoonestFirst => MeetingOrder::OldestFirst,
                    MeetingOrder::LatestFirst => MeetingOrder::NewestFirst,
                    by_age => by_age,
                };
            }
            _ => {}
        }
        let mut page = self.store.list_meetings(&query).await?;
        if self.has(Defect::PagesByStartAlone) {
            // Those that begin at the same moment as the last of a page are passed over.
            page.next = page.next.map(|next| Cursor {
                number: next.key.map_or(next.number, |_start| i64::MAX),
                ..next
            });
        }
        Ok(page)
    }
}

#[async_trait]
impl HelpStore for Broken {
    async fn seed_articles(&self, articles: &[ArticleDraft], now: OffsetDateTime) -> Result<bool> {
        if self.has(Defect::SeedsTwice) {
            // Checks whether there are articles instead of whether it was done before.
            let known = self.store.search_articles(&HelpQuery::default()).await?;
            if !known.is_empty() {
                return Ok(false);
            }
            tokio::task::yield_now().await;
            for draft in articles {
                self.store.insert_article(draft, now).await?;
            }
            return Ok(true);
        }
        self.store.seed_articles(articles, now).await
    }

    async fn insert_article(&self, draft: &ArticleDraft, now: OffsetDateTime) -> Result<Article> {
        let article = self.store.insert_article(draft, now).await?;
        let removed = self.seen.lock().unwrap().removed_article.take();
        match removed {
            Some(id) if self.has(Defect::ReusesNumbers) => Ok(Article { id, ..article }),
            _ => Ok(article),
        }
    }

    async fn get_article(&self, id: ArticleId) -> Result<Option<Article>> {
        self.store.get_article(id).await
    }

    async fn update_article(
        &self,
        id: ArticleId,
        draft: &ArticleDraft,
        expected: Revision,
        now: OffsetDateTime,
    ) -> Result<Article> {
        self.store.update_article(id, draft, expected, now).await
    }

    async fn remove_article(&self, id: ArticleId) -> Result<bool> {
        self.seen.lock().unwrap().removed_article = Some(id);
        self.store.remove_article(id).await
    }

    async fn search_articles(&self, query: &HelpQuery) -> Result<Vec<Article>> {
        let mut query = query.clone();
        let tag = query
            .tag
            .clone()
            .filter(|_| self.has(Defect::MatchesPartsOfTags));
        if tag.is_some() {
            query.tag = None;
        }
        let mut found = self.store.search_articles(&query).await?;
        if let Some(tag) = tag {
            found.retain(|article| article.draft.tags.iter().any(|own| own.contains(&tag)));
        }
        Ok(found)
    }
}
