// The part of engine that is quick to load: names that servers give to models.
export { deviceInName } from './remote/device-in-name.ts';
