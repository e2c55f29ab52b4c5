/** What can happen in an HTTP service, beside the use cases themselves. */
export type ServiceAction =
  /** Somebody may speak to a service from now on, or no longer. */
  | { readonly action: 'access.create'; readonly detail: AccessFacts & { readonly name: string } }
  | { readonly action: 'access.revoke'; readonly detail: { readonly name: string } }
  /** Somebody could not prove to a service who they are; `as`: who they said. */
  | {
      readonly action: 'login.fail';
      readonly detail: { readonly by: string; readonly as: string | null };
    }
  /** Somebody logged in with a browser, by a token, a certificate or being there; and that ended. */
  | {
      readonly action: 'session.begin';
      readonly detail: { readonly session: string; readonly by: string };
    }
  | {
      readonly action: 'session.end';
      readonly detail: { readonly session: string; readonly why: string };
    }
  /** A second administrator was asked, and answered or did not. The job is the event's subject. */
  | {
      readonly action: 'approval.ask' | 'approval.give' | 'approval.reject' | 'approval.expire';
      readonly detail: { readonly kind: string; readonly askedBy: string };
    }
  | { readonly action: 'job.cancel'; readonly detail: { readonly kind: string } }
  | {
      readonly action: 'schedule.put';
      readonly detail: ScheduleFacts & { readonly name: string };
    }
  | { readonly action: 'schedule.remove'; readonly detail: { readonly name: string } }
  /** The time of a schedule passed while no service ran. */
  | {
      readonly action: 'schedule.miss';
      readonly detail: { readonly name: string; readonly due: string; readonly missed: number };
    }
  /** A quorum is asked for one restore; a share came; it ended. */
  | {
      readonly action: 'quorum.begin' | 'quorum.share' | 'quorum.end';
      readonly detail: { readonly session: string; readonly purpose: string };
    }
  /** The file of a backup left through a service: ciphertext. */
  | { readonly action: 'backup.fetch'; readonly detail: { readonly bytes: number } }
  /** A PIN was handed to a service, or taken back; never its value. */
  | { readonly action: 'token.pin'; readonly detail: { readonly kept: boolean } }
  | {
      readonly action: 'service.start' | 'service.stop';
      readonly detail: { readonly server: string; readonly version: string };
    };

/** Who may speak to a service, and as what. */
export interface AccessFacts {
  readonly role: 'administrator' | 'operator' | 'auditor';
  /** SHA-256 of the token, which is 256 random bits, in hex. */
  readonly hash: string;
  readonly expires: string | null;
  /** Addresses and networks, as `10.0.0.0/8`; empty: from everywhere. */
  readonly sources: readonly string[];
}

/** What is done again and again. */
export interface ScheduleFacts {
  /** Five fields, as in crontab(5). */
  readonly cron: string;
  /** An IANA time zone. */
  readonly zone: string;
  /** Kind of the job, or `drill-reminder`. */
  readonly what: string;
  /** What the job is asked. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly enabled: boolean;
}

/** Someone who speaks to a service with a token of theirs. */
export interface AccessRow extends AccessFacts {
  readonly name: string;
  readonly createdAt: string;
  readonly removedAt: string | null;
}

export interface ScheduleRow extends ScheduleFacts {
  readonly name: string;
  readonly changedAt: string;
  /** Who changed it last: its jobs are done in that name. */
  readonly changedBy: string;
}
