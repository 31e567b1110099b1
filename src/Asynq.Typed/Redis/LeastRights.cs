namespace Asynq.Typed.Redis;

/// <summary>What an ACL user of Redis must be allowed. The README beside this file explains each; a test connects with just these.</summary>
internal static class LeastRights
{
    internal const string Text = "'~asynq:* &asynq:* -@all'";
}
