import { z } from 'zod';

// Schemas would be compiled by eval where that is allowed. Here it never is, and trying it is reported as a violation.
z.config({ jitless: true });
