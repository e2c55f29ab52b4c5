// Run by tests that run many of it at once, or kill it: records `count` acts of two events each.
import { openCatalog } from '../index.ts';
import type { CatalogPlace } from '../place.ts';
import { sampleBackup, sampleCopy, sampleEvent } from './sample-events.ts';

const [placeText = '', name = '', count = ''] = process.argv.slice(2);
const place = JSON.parse(placeText) as CatalogPlace;
await using catalog = await openCatalog(place, { create: true, busyTimeout: 60_000 });
for (let done = 0; done < Number(count); done++) {
  const backup = `${name}-${done}`;
  await catalog.record(
    [sampleBackup(backup), sampleCopy(backup)].map((event) => sampleEvent(event, done)),
  );
  process.stdout.write('recorded\n');
}
