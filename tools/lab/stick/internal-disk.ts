import type { Guest } from '../guest/guest.ts';
import { HotDisk, type DiskOptions, type DiskProperties } from './hot-disk.ts';
import type { Medium } from './medium.ts';

/** A disk that is not on USB, though it may call itself removable. */
export class InternalDisk extends HotDisk {
  constructor(medium: Medium, options: DiskOptions = {}) {
    super(medium, options);
  }

  protected override async attach(
    { qmp }: Guest,
    id: string,
    properties: DiskProperties,
  ): Promise<string> {
    await qmp.do('device_add', { driver: 'scsi-hd', id, bus: 'scsi.0', ...properties });
    const path = `/machine/peripheral/${id}`;
    const target = await qmp.do<number>('qom-get', { path, property: 'scsi-id' });
    return `/sys/bus/virtio/drivers/virtio_scsi/virtio*/host*/target*:${target}/*`;
  }
}
