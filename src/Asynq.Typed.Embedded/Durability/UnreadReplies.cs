using Garnet.networking;

namespace Asynq.Typed.Embedded;

/// <summary>The replies to commands that the embedded server gives itself.</summary>
internal sealed unsafe class UnreadReplies : NetworkSenderBase
{
    private const int PageBytes = 4 * 1024;

    private readonly byte[] _page = GC.AllocateUninitializedArray<byte>(PageBytes, pinned: true);
    private readonly byte* _head;

    public UnreadReplies()
        : base(PageBytes)
    {
        fixed (byte* head = _page)
        {
            _head = head;
        }
    }

    public override string RemoteEndpointName => "";

    public override string LocalEndpointName => "";

    public override bool IsLocalConnection() => true;

    public override void Enter()
    {
    }

    public override void EnterAndGetResponseObject(out byte* head, out byte* tail)
    {
        head = _head;
        tail = _head + PageBytes;
    }

    public override void Exit()
    {
    }

    public override void ExitAndReturnResponseObject()
    {
    }

    public override void GetResponseObject()
    {
    }

    public override void ReturnResponseObject()
    {
    }

    public override byte* GetResponseObjectHead() => _head;

    public override byte* GetResponseObjectTail() => _head + PageBytes;

    public override bool SendResponse(int offset, int size) => true;

    public override void SendResponse(byte[] buffer, int offset, int count, object context)
    {
    }

    public override void SendCallback(object context)
    {
    }

    public override void Throttle()
    {
    }

    public override bool TryClose() => false;

    public override void DisposeNetworkSender(bool waitForSendCompletion)
    {
    }

    public override void Dispose()
    {
    }
}
