"""Routes of what is published."""

from django.urls import path

from jieban.portal.desk.publication import letters, published, rewards, trend

urlpatterns = [
    path("appraisal/published", published.published, name="published"),
    path("appraisal/published/<int:pk>", published.scorecard, name="scorecard"),
    path("appraisal/published/<int:pk>.docx", published.docx, name="scorecard_docx"),
    path("appraisal/published/<int:pk>.json", published.json, name="scorecard_json"),
    path("appraisal/published/<int:pk>/letters", letters.letters, name="letters"),
    path("appraisal/published/<int:pk>/letters/<str:board>/<str:unit>.docx", letters.docx, name="letter_docx"),
    path("appraisal/published/<int:pk>/letters/<str:board>/<str:unit>", letters.letter, name="letter"),
    path("appraisal/published/<int:pk>/shared", letters.shared, name="shared_results"),
    path("appraisal/trend", trend.trend, name="trend"),
    path("appraisal/rewards", rewards.rewards, name="rewards"),
    path("appraisal/rewards.csv", rewards.download, name="rewards_csv"),
]
