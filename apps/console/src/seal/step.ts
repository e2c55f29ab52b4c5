import type { Known, Plan } from './plan.ts';

/** What each step of the guide is given. */
export interface StepProps {
  readonly plan: Plan;
  readonly known: Known;
  readonly change: (change: Partial<Plan>) => void;
}
