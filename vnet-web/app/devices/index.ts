export { canBlur, isBlurred, setBlur } from './blur';
export { type Captured, capture, captureBoth, type InputKind, permissionOf } from './capture';
export { type DeviceChoices, keepChoices, readChoices } from './choices';
export { loudness, useLevel, watchLevel } from './level';
export { causeOf, type DeviceCause, DeviceError, obstacle } from './problem';
export { canChooseSpeaker, playTestSound, setSpeaker } from './speaker';
export { type Device, type Devices, useDevices } from './use-devices';
