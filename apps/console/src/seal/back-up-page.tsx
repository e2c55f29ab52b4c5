import { Button, Group, Paper, Stack, Stepper } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { useRoute } from '../api/queries.ts';
import { Asked } from '../frame/asked.tsx';
import { to } from '../frame/links.ts';
import { Page } from '../frame/page.tsx';
import { Problem } from '../frame/problem.tsx';
import { FORM_WIDTH } from '../frame/theme.ts';
import { useAsked } from '../frame/use-asked.ts';
import { useWords } from '../words/use-words.ts';
import { missingIn, NEW_PLAN, STEPS, type Known, type Plan } from './plan.ts';
import { EnvelopesStep } from './envelopes-step.tsx';
import { PlacesStep } from './places-step.tsx';
import { ReviewStep } from './review-step.tsx';
import { SecretStep } from './secret-step.tsx';
import { submit } from './submit.ts';
import { TypedStep } from './typed-step.tsx';

const VIEWS = {
  secret: SecretStep,
  envelopes: EnvelopesStep,
  typed: TypedStep,
  places: PlacesStep,
  review: ReviewStep,
} as const;

/** Leads through a backup of a master secret. */
export function BackUpPage(): ReactNode {
  const { seal } = useWords();
  const policies = useRoute('listPolicies', {});
  const custodians = useRoute('listCustodians', {});
  const tokens = useRoute('listTokens', {});
  const secrets = useRoute('listSecrets', {});
  const settings = useRoute('showSettings', {});
  const all = [policies, custodians, tokens, secrets, settings] as const;
  const known =
    policies.data && custodians.data && tokens.data && secrets.data && settings.data
      ? {
          policies: policies.data.rows,
          custodians: custodians.data.rows,
          enrolled: tokens.data.enrolled,
          secrets: secrets.data.rows,
          settings: settings.data,
        }
      : undefined;
  const answer = {
    data: known,
    error: all.map(({ error }) => error).find((it) => it !== null) ?? null,
    refetch: () => all.map(async (each) => await each.refetch()),
  };
  return (
    <Page title={seal.title} about={seal.about}>
      <Asked answer={answer}>{(found) => <Guide known={found} />}</Asked>
    </Page>
  );
}

function Guide({ known }: { readonly known: Known }): ReactNode {
  const { seal, common } = useWords();
  const [asked] = useAsked();
  const [, go] = useLocation();
  const queries = useQueryClient();
  const [at, setAt] = useState(0);
  const [plan, setPlan] = useState<Plan>(() => planFor(asked['secret'] ?? '', known));
  const [isTold, setTold] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const top = useRef<HTMLDivElement>(null);
  const stood = useRef(at);
  const step = STEPS[at] ?? 'secret';
  const View = VIEWS[step];
  const missing = missingIn(step, plan, known);
  const isLast = at === STEPS.length - 1;

  useEffect(() => {
    // The heading of the page has the focus when it opens.
    if (stood.current !== at) top.current?.focus();
    stood.current = at;
  }, [at]);

  const goTo = (place: number): void => {
    setTold(false);
    setError(null);
    setAt(place);
  };
  const next = async (): Promise<void> => {
    if (missing.length > 0) {
      setTold(true);
      return;
    }
    if (!isLast) {
      goTo(at + 1);
      return;
    }
    setBusy(true);
    setError(null);
    try {
      const job = await submit(plan, known);
      await queries.invalidateQueries();
      go(to.job(job.id));
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Paper withBorder p="md" maw={FORM_WIDTH}>
      <form
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          void next();
        }}
      >
        <Stack gap="lg">
          <Stepper
            active={at}
            size="sm"
            onStepClick={(place) => {
              if (place < at) goTo(place);
            }}
            className="steps"
          >
            {STEPS.map((name) => (
              <Stepper.Step key={name} label={seal.steps[name]} />
            ))}
          </Stepper>
          <div ref={top} tabIndex={-1} role="group" aria-label={seal.steps[step]} className="step">
            <View
              plan={plan}
              known={known}
              change={(change) => {
                setPlan((before) => ({ ...before, ...change }));
              }}
            />
          </div>
          {isTold && missing.length > 0 ? (
            <ul role="alert" className="missing">
              {missing.map((what) => (
                <li key={what}>{seal.missing[what]}</li>
              ))}
            </ul>
          ) : null}
          <Problem error={error} />
          <Group justify="space-between">
            <Button
              variant="default"
              disabled={at === 0}
              onClick={() => {
                goTo(at - 1);
              }}
            >
              {common.back}
            </Button>
            <Button type="submit" loading={isBusy}>
              {isLast ? seal.begin : common.next}
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}

/** What can be known beforehand of a backup of this secret. */
function planFor(secret: string, { secrets, settings }: Known): Plan {
  const found = secrets.find(({ name }) => name === secret);
  const [only] = settings.folders;
  return {
    ...NEW_PLAN,
    secret: found === undefined ? '' : secret,
    policy: found?.policy ?? '',
    to: settings.folders.length === 1 && only !== undefined ? [`folder:${only}`] : [],
  };
}
