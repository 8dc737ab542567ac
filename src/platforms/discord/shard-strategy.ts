import {
  GatewayOpcodes,
  type GatewayReceivePayload,
  SimpleShardingStrategy,
  WebSocketShardDestroyRecovery,
  WebSocketShardStatus,
} from 'discord.js'

/**
 * Reports errors from frames. The library handles each frame in an asynchronous function and does not catch its
 * rejections, so a malformed frame would end the process.
 */
export class GuardedStrategy extends SimpleShardingStrategy {
  readonly #report: (error: unknown) => void
  readonly #resumeMs: number

  constructor(
    manager: ConstructorParameters<typeof SimpleShardingStrategy>[0],
    report: (error: unknown) => void,
    resumeMs: number,
  ) {
    super(manager)
    this.#report = report
    this.#resumeMs = resumeMs
  }

  /**
   * Begins a new session if Discord does not answer a resume: the library has a deadline for its other waits, but not
   * for this one. Each replayed event extends the deadline. The deadline uses the machine's timer, as the library's
   * deadlines do.
   */
  #watchResume(shard: Frames): void {
    const { connection, replayedEvents } = shard
    const check = () => {
      const isWaiting = shard.status === WebSocketShardStatus.Resuming
      if (!isWaiting || shard.connection !== connection) return
      if (shard.replayedEvents !== replayedEvents) return this.#watchResume(shard)
      const reason = 'A resume was not answered.'
      const recover = WebSocketShardDestroyRecovery.Reconnect
      shard.destroy({ reason, recover }).catch(this.#report)
    }
    setTimeout(check, this.#resumeMs).unref()
  }

  override async spawn(shardIds: number[]): Promise<void> {
    await super.spawn(shardIds)
    const { shards } = this as unknown as { readonly shards: ReadonlyMap<number, Frames> }
    for (const shard of shards.values()) {
      const take = shard.onMessage.bind(shard)
      shard.onMessage = (...frame) => take(...frame).catch(this.#report)
      const resume = shard.resume.bind(shard)
      shard.resume = async session => {
        await resume(session)
        this.#watchResume(shard)
      }
      const unpack = shard.unpackMessage.bind(shard)
      shard.unpackMessage = async (...frame) => withSaneBeat(await unpack(...frame))
    }
  }
}

/** The private members of the library's shard that handle a frame and resume a session. */
interface Frames {
  readonly status: WebSocketShardStatus
  readonly connection: unknown
  /** Events that Discord has replayed in the resumed session so far. */
  readonly replayedEvents: number
  resume(session: unknown): Promise<void>
  destroy(options: { reason: string; recover: WebSocketShardDestroyRecovery }): Promise<void>
  onMessage(data: unknown, isBinary: boolean): Promise<void>
  /** Null if the frame cannot be read. */
  unpackMessage(data: unknown, isBinary: boolean): Promise<GatewayReceivePayload | null>
}

/** Range of plausible pauses between heartbeats, and Discord's usual pause, in milliseconds. */
const [SHORTEST_BEAT_MS, LONGEST_BEAT_MS, USUAL_BEAT_MS] = [5000, 120_000, 41_250]

/**
 * Replaces an implausible heartbeat interval. The library passes any value to `setInterval`, which turns 0, text and
 * large numbers into 1 ms.
 */
function withSaneBeat(payload: GatewayReceivePayload | null): GatewayReceivePayload | null {
  if (payload?.op !== GatewayOpcodes.Hello) return payload
  const { heartbeat_interval: ms } = payload.d
  const isSane = Number.isFinite(ms) && ms >= SHORTEST_BEAT_MS && ms <= LONGEST_BEAT_MS
  return isSane ? payload : { ...payload, d: { ...payload.d, heartbeat_interval: USUAL_BEAT_MS } }
}
