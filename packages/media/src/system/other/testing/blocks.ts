import type { Block, Drive } from '../library.ts';

/** As the library makes them of `diskutil info`. */
export function macBlock(facts: Partial<Block> & { readonly identifier: string }): Block {
  return {
    name: `/dev/${facts.identifier}`,
    type: 'part',
    fsType: '',
    mount: '',
    size: 0,
    physical: 'HDD',
    uuid: '',
    label: '',
    model: '',
    serial: '',
    removable: false,
    protocol: '',
    group: '',
    device: '',
    ...facts,
  };
}

/** As the library makes them of Win32_LogicalDisk; sizes are text there. */
export function windowsBlock(facts: Partial<Block> & { readonly name: string }): Block {
  return {
    identifier: facts.name,
    mount: facts.name,
    type: 'disk',
    fsType: 'ntfs',
    size: '1000',
    physical: facts.removable === true ? 'Removable' : 'Local',
    uuid: '',
    label: '',
    model: '',
    serial: '',
    removable: false,
    protocol: '',
    group: '',
    device: '',
    ...facts,
  };
}

export function windowsDrive(facts: Partial<Drive> & { readonly device: string }): Drive {
  return { name: '', vendor: '', size: 1000, serialNum: '', interfaceType: '', ...facts };
}
