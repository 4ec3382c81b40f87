"""Names of people and organizations: parts, matching, gender, clusters.

Nothing here looks at an article; the functions take names as text and say what fits and why.
"""

from __future__ import annotations

from quotecheck.names.cluster import NameCluster, NameLink, canonical, cluster_names
from quotecheck.names.gender import Gender, GenderEvidence, gender_evidence, gender_of
from quotecheck.names.match import AliasTable, NameMatch, NameVerdict, match_names
from quotecheck.names.organizations import (
    OrganizationMatch,
    OrganizationName,
    match_organizations,
    parse_organization,
)
from quotecheck.names.parse import PersonName, parse_name
from quotecheck.names.profile import name_key

__all__ = [
    "AliasTable",
    "Gender",
    "GenderEvidence",
    "NameCluster",
    "NameLink",
    "NameMatch",
    "NameVerdict",
    "OrganizationMatch",
    "OrganizationName",
    "PersonName",
    "canonical",
    "cluster_names",
    "gender_evidence",
    "gender_of",
    "match_names",
    "match_organizations",
    "name_key",
    "parse_name",
    "parse_organization",
]
