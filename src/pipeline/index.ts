/** Inputs to findings: the rooms put together, as a reading that can be looked at while it runs. */
export { warnAbout } from "../cascade/index.ts";
export { Reading } from "./reading.ts";
export { type ReadingSource, shareOf } from "./reading-sources.ts";
export { describeReceiver } from "./receiver.ts";
export type {
  ClickHouseScope,
  FollowScope,
  JaegerScope,
  KubectlScope,
  ListenScope,
  Scope,
  StoreScope,
  VictoriaLogsScope,
} from "./scope.ts";
export { type Settled, Settling } from "./settling.ts";
