import '@mantine/charts/styles.css';
import { ScatterChart } from '@mantine/charts';
import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useRoute } from '../api/queries.ts';
import { useNow } from '../frame/use-now.ts';
import { momentText } from '../frame/when.tsx';
import { useSpoken } from '../words/use-words.ts';
import { lanesOf, LANES, type Happened } from './happened.ts';
import type { Status } from './mend.ts';

const DAYS = 90;
const DAY = 86_400_000;
const MOST = 200;

/** Backups, verifications and drills over time. */
export function Timeline({ status }: { readonly status: Status }): ReactNode {
  const { words, locale } = useSpoken();
  const { system } = words;
  const now = useNow();
  const backups = useRoute('listBackups', { query: { limit: MOST } });
  const drills = useRoute('listDrills', { query: { limit: MOST } });
  const since = now - DAYS * DAY;
  const all = lanesOf(status, backups.data?.rows ?? [], drills.data?.rows ?? []).filter(
    ({ at }) => at >= since,
  );
  if (all.length === 0) return <Text c="dimmed">{system.timelineEmpty}</Text>;
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
  return (
    <>
      <div className="timeline" aria-hidden="true">
        <ScatterChart
          h={180}
          data={[true, false].map((isGood) => ({
            name: isGood ? words.common.ok : words.common.outcome,
            color: isGood ? 'var(--good)' : 'var(--bad)',
            data: all.filter((it) => it.isGood === isGood).map(pointOf),
          }))}
          dataKey={{ x: 'at', y: 'lane' }}
          xAxisProps={{ type: 'number', domain: [since, now], tickCount: 6, interval: 0 }}
          yAxisProps={{ type: 'number', domain: [-0.5, 2.5], ticks: [0, 1, 2], width: 110 }}
          valueFormatter={{
            x: (at) => day.format(at),
            y: (lane) => system.lanes[LANES[lane] ?? 'backup'],
          }}
          withTooltip={false}
          // The list below says the same to who hears it.
          scatterChartProps={{ accessibilityLayer: false, margin: { right: 24 } }}
          gridAxis="xy"
        />
      </div>
      <ul className="heard">
        {all.slice(-20).map(({ lane, secret, at, isGood }) => (
          <li key={`${lane} ${secret} ${String(at)}`}>
            {system.lanes[lane]}: {secret}, {momentText(at, locale)}
            {isGood ? '' : `, ${system.states.critical}`}
          </li>
        ))}
      </ul>
    </>
  );
}

function pointOf({ at, lane }: Happened): { at: number; lane: number } {
  return { at, lane: LANES.indexOf(lane) };
}
