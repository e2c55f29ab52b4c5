/** Who may do what at the HTTP service; what it tells webhooks of. */
export type ServerRole = 'administrator' | 'operator' | 'auditor';
export type WebhookEvent = 'job.finished' | 'job.failed' | 'status.red' | 'drill.due';
