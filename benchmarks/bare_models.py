"""The fields of a case as plain pydantic models: no check of ours, no error of ours."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, StrictBool

Referrer = Literal["citizen", "relative", "home_professional", "own_doctor", "hospital", "other"]
Setting = Literal["group", "individual", "home"]
Alternative = Literal[
    "gymnastics_club",
    "activity_centre",
    "fitness_centre",
    "public_swimming",
    "walks",
    "home_exercises",
]
Item = Literal[
    "balance",
    "strength",
    "mobility",
    "coordination",
    "endurance",
    "fitness",
    "daily_activities",
    "massage",
    "passive_stretching",
    "joint_mobilisation",
    "electrotherapy",
    "heat_packs",
    "local_treatment",
    "work_assessment",
]
EventType = Literal[
    "referral_received",
    "contacted",
    "appointment_given",
    "assessed",
    "granted",
    "rejected",
    "decision_sent",
    "decision_received",
    "delay_notice_sent",
    "training_started",
    "session_attended",
    "session_cancelled_by_citizen",
    "session_cancelled_by_provider",
    "no_show",
    "goals_evaluated",
    "waiting_list_entered",
    "waiting_list_left",
    "training_ended",
    "complaint_received",
    "complaint_forwarded",
]


class _Bare(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Citizen(_Bare):
    birth_date: date | None = None
    municipality_code: str | None = None
    reduced_physical_function: StrictBool | None = None
    reduced_mental_function: StrictBool | None = None
    special_social_problems: StrictBool | None = None
    chronic_condition: StrictBool | None = None
    needs_maintenance: StrictBool | None = None
    needs_therapist_support: StrictBool | None = None
    can_self_train: StrictBool | None = None
    self_training_alternatives: tuple[Alternative, ...] | None = None
    receives_free_physiotherapy: StrictBool | None = None
    free_physiotherapy_same_purpose: StrictBool | None = None
    covered_by_elder_care_act: StrictBool | None = None


class Referral(_Bare):
    received_on: date | None = None
    referred_by: Referrer | None = None
    consent_given: StrictBool | None = None
    requested: tuple[Item, ...] | None = None
    requested_setting: Setting | None = None
    special_circumstances: StrictBool | None = None
    requested_transport: StrictBool | None = None


class Event(_Bare):
    type: EventType
    on: date


class Finding(_Bare):
    holds: StrictBool
    reason: str
    by: str
    on: date


class Case(_Bare):
    citizen: Citizen = Citizen()
    referral: Referral = Referral()
    facts: dict[str, bool | int | str | tuple[str, ...] | None] = {}
    self_reported: tuple[str, ...] = ()
    findings: dict[str, Finding] = {}
    events: tuple[Event, ...] = ()
