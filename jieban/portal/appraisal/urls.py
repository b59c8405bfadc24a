"""Routes of appraisal."""

from django.urls import path

from jieban.portal.appraisal import board, cases, mine, sheet

urlpatterns = [
    path("appraisal", board.appraisal, name="appraisal"),
    path("appraisal/cases", cases.cases, name="appraisal_cases"),
    path("appraisal/case/<int:pk>", sheet.case, name="appraisal_case"),
    path("appraisal/mine", mine.mine, name="appraisal_mine"),
]
